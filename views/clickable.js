// Shows HTML with parts that can be clicked: buttons with a data-value. Python gets the value of the one clicked.
// A button with a data-key is also pressed by that key (page.js).

export default function ({ data, parentElement, setTriggerValue }) {
  let root = parentElement.querySelector(".clickable");
  if (!root) {
    root = document.createElement("div");
    root.className = "clickable";
    parentElement.append(root);
  }
  if (root.shown !== data.html) {
    // The focus stays where it was, on what has the same value now.
    const focused = root.contains(document.activeElement) ? document.activeElement.dataset.value : undefined;
    root.innerHTML = root.shown = data.html;
    if (focused !== undefined) root.querySelector(`[data-value="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  }
  root.onclick = (event) => {
    const button = event.target.closest("[data-value]");
    if (!button) return;
    setTriggerValue("clicked", button.dataset.value);
    if (data.reveals) document.querySelector(data.reveals)?.scrollIntoView({ block: "nearest" });
  };
}
