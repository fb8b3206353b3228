// Looks after what is brought to the uploader. A pasted picture goes the way of an uploaded file. A folder, several
// files or one that is too large go nowhere, since Streamlit shows no more for them than a red icon: Python gets
// their names and says what is wrong. Without this file, uploading a picture still works.

let called = null;
let settings = null;
let refuse = null;

function uploader() {
  return document.querySelector(`.st-key-${settings.uploader} input[type=file]`);
}

function paste(event) {
  const files = event.clipboardData?.files;
  const input = uploader();
  if (!input || !files?.length) return;
  event.preventDefault();
  event.stopPropagation(); // the uploader itself would take them unchecked
  input.files = files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

function check(event) {
  if (!uploader()?.closest("section").contains(event.target)) return;
  const { files, items } = event.dataTransfer ?? event.target;
  if (!files.length) return;
  const folder = [...(items ?? [])].some((item) => item.webkitGetAsEntry?.()?.isDirectory);
  if (!folder && files.length === 1 && files[0].size <= settings.most) return;
  event.preventDefault();
  event.stopPropagation();
  refuse({ folder, count: files.length, name: files[0].name, size: files[0].size });
}

// What the file dialog offers first.
function hint(event) {
  if (event.target === uploader()) event.target.accept = settings.formats;
}

const LISTENERS = { paste, change: check, drop: check, click: hint };

export default function ({ data, setTriggerValue }) {
  const own = (called = {});
  settings = data;
  refuse = (brought) => setTriggerValue("refused", brought);
  // Before the uploader's own. Streamlit calls again for each rerun; the same listener again is no second one.
  for (const [type, listener] of Object.entries(LISTENERS)) window.addEventListener(type, listener, true);
  return () => {
    if (own !== called) return; // Streamlit also cleans up after a call that a newer one has overtaken
    for (const [type, listener] of Object.entries(LISTENERS)) window.removeEventListener(type, listener, true);
  };
}
