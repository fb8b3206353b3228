// Shows HTML of which some parts can be clicked: buttons with a data-value. Python gets the value of the one clicked.
// With data-key, a button is also pressed by that key, unless something is being typed or another widget uses it.

const TYPING = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";
const USING_ARROWS = "[role=slider], [role=radiogroup], [role=listbox]";

function isUsed(event) {
  const within = (selector) => event.target.closest?.(selector);
  return within(TYPING) || (event.key.startsWith("Arrow") && within(USING_ARROWS));
}

function press(root, event) {
  if (event.ctrlKey || event.metaKey || event.altKey || isUsed(event)) return;
  const button = root.querySelector(`[data-key="${CSS.escape(event.key)}"]:not(:disabled)`);
  if (!button) return;
  event.preventDefault();
  button.click();
}

export default function ({ data, parentElement, setTriggerValue }) {
  let root = parentElement.querySelector(".clickable");
  if (!root) {
    root = document.createElement("div");
    root.className = "clickable";
    root.press = (event) => press(root, event);
    parentElement.append(root);
  }
  if (root.shown !== data.html) {
    // The focus stays where it was, on what has the same value now.
    const focused = root.contains(document.activeElement) ? document.activeElement.dataset.value : undefined;
    root.innerHTML = root.shown = data.html;
    if (focused !== undefined) root.querySelector(`[data-value="${CSS.escape(focused)}"]`)?.focus();
  }
  root.onclick = (event) => {
    const button = event.target.closest("[data-value]");
    if (!button) return;
    setTriggerValue("clicked", button.dataset.value);
    if (data.reveals) document.querySelector(data.reveals)?.scrollIntoView({ block: "nearest" });
  };
  // Streamlit calls again for each rerun of the page; the same listener again is no second one.
  window.addEventListener("keydown", root.press);
  return () => window.removeEventListener("keydown", root.press);
}
