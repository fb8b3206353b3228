// Gives the page what Streamlit does not: its language, keys that work wherever the focus is but in a text field, a live
// region that tells screen readers of each new reading, and a look at what a switch has just opened.

const SECOND = 1000; // ms
const OPENS_WITHIN = 3000; // ms
const TEXT_FIELD =
  "textarea, [contenteditable=true], input:not([type=checkbox], [type=radio], [type=range], [type=button], [type=file])";
const USING_ARROWS = "[role=slider], [role=radiogroup], [role=listbox], input[type=range]";
// The buttons of Streamlit that a key presses, by their keys in Python.
const BUTTONS = { s: "stage-button" };
// What a click on a tab opens, by its key in Python.
const OPENED = "explanation";

function nameOf(event) {
  const modifiers = `${event.ctrlKey || event.metaKey ? "Mod+" : ""}${event.shiftKey ? "Shift+" : ""}`;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  return modifiers + key;
}

function press(event) {
  const within = (selector) => event.target.closest?.(selector);
  if (event.altKey || within(TEXT_FIELD) || (event.key.startsWith("Arrow") && within(USING_ARROWS))) return;
  const name = nameOf(event);
  const selector = BUTTONS[name] ? `.st-key-${BUTTONS[name]} button` : `[data-key~="${CSS.escape(name)}"]`;
  const button = document.querySelector(`:is(${selector}):not(:disabled)`);
  if (!button) return;
  event.preventDefault();
  event.stopImmediatePropagation(); // Streamlit would press it a second time
  // Streamlit would run the fragment of the pad alone if a stroke and this were sent together.
  if (!event.repeat) setTimeout(() => button.click());
}

function fillScreen(event) {
  if (!event.target.closest?.("[data-fullscreen]")) return;
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen().catch(() => {}); // a browser may refuse, as phones of Apple do
}

function open(event) {
  fillScreen(event);
  if (!event.target.closest?.("[role=tab]")) return;
  const deadline = Date.now() + OPENS_WITHIN;
  const look = () => {
    const opened = document.querySelector(`.st-key-${OPENED}`);
    // It has its height once its pictures are there.
    const images = [...(opened?.querySelectorAll("img") ?? [])];
    if (images.length && images.every((image) => image.complete)) opened.scrollIntoView({ block: "nearest" });
    else if (Date.now() < deadline) requestAnimationFrame(look);
  };
  look();
}

let region = null;
let announced = "";

function announce() {
  const reading = document.querySelector("[data-reading]");
  const text = reading?.dataset.reading ? `${reading.textContent}. ${document.querySelector(".sure")?.textContent}` : "";
  if (text === announced) return;
  announced = region.textContent = text;
}

const LISTENERS = { keydown: press, click: open };
let timer = 0;

export default function ({ data }) {
  document.documentElement.lang = data.language;
  region ??= document.querySelector(".announcement") ?? document.body.appendChild(document.createElement("div"));
  region.className = "announcement visually-hidden";
  region.setAttribute("aria-live", "polite");
  timer ||= setInterval(announce, SECOND);
  // Streamlit calls again for each rerun of the page; the same listener again is no second one.
  for (const [name, listener] of Object.entries(LISTENERS)) window.addEventListener(name, listener, true);
}
