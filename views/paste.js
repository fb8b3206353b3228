// Lets a picture be pasted: what the clipboard holds goes the way of an uploaded file, with its limits and messages.
// Without it, uploading works as ever.

let uploader = null;

function paste(event) {
  const files = event.clipboardData?.files;
  const input = document.querySelector(`.st-key-${uploader} input[type=file]`);
  if (!input || !files?.length) return;
  event.preventDefault();
  input.files = files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

export default function ({ data }) {
  uploader = data.uploader;
  // Streamlit calls again for each rerun of the page; the same listener again is no second one.
  window.addEventListener("paste", paste);
  return () => window.removeEventListener("paste", paste);
}
