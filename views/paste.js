// Lets a picture be pasted: what the clipboard holds goes the way of an uploaded file, with its limits and messages.
// Without it, uploading works as ever.

export default function ({ data }) {
  const paste = (event) => {
    const files = event.clipboardData?.files;
    const input = document.querySelector(`.st-key-${data.uploader} input[type=file]`);
    if (!input || !files?.length) return;
    event.preventDefault();
    input.files = files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  };
  window.addEventListener("paste", paste);
  return () => window.removeEventListener("paste", paste);
}
