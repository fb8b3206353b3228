// Shows HTML with parts that can be clicked: buttons with a data-value. Python gets the value of the one clicked.
// A button with a data-key is also pressed by that key (page.js). Within data-several, Shift and Ctrl choose several. A
// field with a data-text gives Python what was written into it, on Enter or once it is left; Escape leaves it as it was.

const ANSWERS_WITHIN = 2000; // ms

const isPressed = (button) => button.getAttribute("aria-pressed") === "true";

function valueOf(root, button, event) {
  const { value } = button.dataset;
  const several = button.closest("[data-several]");
  root.chosen = null;
  if (several && event.shiftKey) return `to ${value}`;
  if (!several || !(event.ctrlKey || event.metaKey)) return value;
  // At once, and all of them: the next click may come before the answer. One remains.
  const others = [...several.querySelectorAll("[data-value]")].filter((each) => isPressed(each) && each !== button);
  button.setAttribute("aria-pressed", String(!isPressed(button) || !others.length));
  const pressed = [...others, ...(isPressed(button) ? [button] : [])].map((each) => each.dataset.value);
  root.chosen = { values: new Set(pressed), until: Date.now() + ANSWERS_WITHIN };
  return ["several", value, ...pressed].join(" ");
}

// An answer to an earlier click knows nothing of what was chosen since.
function chooseAgain(root) {
  const { chosen } = root;
  const buttons = [...root.querySelectorAll("[data-several] [data-value]")];
  const isAnswered = buttons.every((button) => isPressed(button) === chosen?.values.has(button.dataset.value));
  if (!chosen || isAnswered || Date.now() > chosen.until) root.chosen = null;
  else for (const each of buttons) each.setAttribute("aria-pressed", String(chosen.values.has(each.dataset.value)));
}

// The focus stays where it was, on what has the same value now, or is the same field.
function replace(root, html) {
  const focused = root.contains(document.activeElement) ? document.activeElement : null;
  const { value, text } = focused?.dataset ?? {};
  const written = text === undefined ? null : [focused.value, focused.selectionStart, focused.selectionEnd];
  root.innerHTML = root.shown = html;
  chooseAgain(root);
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
  if (root.shown !== data.html) replace(root, data.html);
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
