// Shows HTML with parts that can be clicked: buttons with a data-value. Python gets the value of the one clicked.
// A button with a data-key is also pressed by that key (page.js). Within data-several, Shift and Ctrl choose several. A
// field with a data-text gives Python what was written into it, on Enter or once it is left; Escape leaves it as it was.

const ANSWERS_WITHIN = 2000; // ms

function valueOf(root, button, event) {
  const { value } = button.dataset;
  const several = button.closest("[data-several]");
  root.chosen = null;
  if (!several) return value;
  if (event.shiftKey) return `to ${value}`;
  const adds = event.ctrlKey || event.metaKey;
  const pressed = new Set([...several.querySelectorAll("[aria-pressed=true]")].map((each) => each.dataset.value));
  if (!adds) pressed.clear();
  // One remains.
  if (!pressed.delete(value) || !pressed.size) pressed.add(value);
  // At once, and all of them: the next click may come before the answer.
  press(root, pressed);
  if (!adds) return value;
  root.chosen = pressed;
  clearTimeout(root.timer);
  root.timer = setTimeout(() => root.chosen && replace(root, root.shown), ANSWERS_WITHIN);
  return ["several", value, ...pressed].join(" ");
}

// Presses these buttons of a choice of several, and no others; tells whether that was so already.
function press(root, values) {
  let isSo = true;
  for (const button of root.querySelectorAll("[data-several] [data-value]")) {
    const pressed = String(values.has(button.dataset.value));
    isSo &&= button.getAttribute("aria-pressed") === pressed;
    button.setAttribute("aria-pressed", pressed);
  }
  return isSo;
}

// What is pressed must still be there when it is released, or there is no click: new HTML waits for that.
function holdWhilePressed(root) {
  root.isDown = true;
  const release = () => {
    window.removeEventListener("pointerup", release, true);
    window.removeEventListener("pointercancel", release, true);
    setTimeout(() => {
      root.isDown = false;
      if (root.waiting) replace(root, root.waiting);
    });
  };
  window.addEventListener("pointerup", release, true);
  window.addEventListener("pointercancel", release, true);
}

// The focus stays where it was, on what has the same value now, or is the same field.
function replace(root, html) {
  const focused = root.contains(document.activeElement) ? document.activeElement : null;
  const { value, text } = focused?.dataset ?? {};
  const written = text === undefined ? null : [focused.value, focused.selectionStart, focused.selectionEnd];
  // An answer to an earlier click knows nothing of what was chosen since.
  const isAnswer = root.shown !== html;
  root.innerHTML = root.shown = html;
  root.waiting = null;
  if (!isAnswer || (root.chosen && press(root, root.chosen))) root.chosen = null;
  if (!focused) return;
  const same = written ? `[data-text="${CSS.escape(text)}"]` : `[data-value="${CSS.escape(value)}"]`;
  const again = root.querySelector(same);
  again?.focus({ preventScroll: true });
  if (!again || !written) return;
  again.value = written[0];
  again.setSelectionRange(written[1], written[2]);
}

export default function ({ data, parentElement, setTriggerValue, setStateValue }) {
  let root = parentElement.querySelector(".clickable");
  if (!root) {
    root = document.createElement("div");
    root.className = "clickable";
    parentElement.append(root);
  }
  if (root.isDown) root.waiting = data.html;
  else if (root.shown !== data.html) replace(root, data.html);
  root.onpointerdown = () => holdWhilePressed(root);
  root.onclick = (event) => {
    const button = event.target.closest("[data-value]");
    if (!button) return;
    setTriggerValue("clicked", valueOf(root, button, event));
    if (data.reveals) document.querySelector(data.reveals)?.scrollIntoView({ block: "nearest" });
  };
  root.onchange = ({ target }) => {
    if (target.dataset.text === undefined || target.value === target.defaultValue) return;
    target.defaultValue = target.value;
    setStateValue("written", { field: target.dataset.text, text: target.value, at: Date.now() });
  };
  root.onkeydown = ({ target, key, isComposing }) => {
    if (target.dataset.text === undefined || isComposing) return;
    if (key === "Escape") target.value = target.defaultValue;
    if (key === "Escape" || key === "Enter") target.blur();
  };
}
