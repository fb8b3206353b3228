// Gives the page what Streamlit does not: its language, keys that work wherever the focus is but in a text field, a live
// region that tells screen readers of each new reading, a look at what a tab has just opened, and a word when the server is
// gone.

const SECOND = 1000; // ms
const OPENS_WITHIN = 3000; // ms
const COPIED_FOR = 2000; // ms
const ANSWERS_WITHIN = 2000; // ms
const TEXT_FIELD =
  "textarea, [contenteditable=true], input:not([type=checkbox], [type=radio], [type=range], [type=button], [type=file])";
const USING_ARROWS = "[role=slider], [role=radiogroup], [role=listbox], input[type=range]";
// The buttons of Streamlit that a key presses, by their keys in Python.
const BUTTONS = { s: "stage-button" };
// What Escape closes first.
const CLOSES = "[data-testid=stPopoverBody], [role=listbox]";
// Streamlit's sign of its connection, and where the tab keeps what is on the stage's bar.
const CONNECTION = "[data-test-connection-state]";
const STAGE = "stage";
const LOCAL = ["localhost", "127.0.0.1", "[::1]"];

function nameOf(event) {
  const modifiers = `${event.ctrlKey || event.metaKey ? "Mod+" : ""}${event.shiftKey ? "Shift+" : ""}`;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  return modifiers + key;
}

function press(event) {
  const within = (selector) => event.target.closest?.(selector);
  if (event.altKey || within(TEXT_FIELD) || (event.key.startsWith("Arrow") && within(USING_ARROWS))) return;
  const name = nameOf(event);
  if (name === "Escape" && document.querySelector(CLOSES)) return;
  const field = document.querySelector(`[data-focus="${CSS.escape(name)}"]`);
  if (field) {
    event.preventDefault();
    field.focus();
    return;
  }
  if (moveInGallery(name, event)) return;
  if (name !== "Shift+Shift") ahead.until = 0;
  const selector = BUTTONS[name] ? `.st-key-${BUTTONS[name]} button` : `[data-key~="${CSS.escape(name)}"]`;
  const button = document.querySelector(`:is(${selector}):not(:disabled)`);
  if (!button) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  // Streamlit would run the fragment of the pad alone if a stroke and this were sent together.
  if (!event.repeat) setTimeout(() => button.click());
}

// Where the arrows have led to. An answer to an earlier key may still show an image before it.
let ahead = { index: null, until: 0 };

// Arrows move through the gallery as they do through its images beside it, and Enter opens and closes what is chosen.
// With Shift, all images on the way are selected.
function moveInGallery(name, event) {
  const tiles = [...document.querySelectorAll(".gallery button")];
  let place = Date.now() < ahead.until ? tiles.findIndex((tile) => tile.dataset.value === ahead.index) : -1;
  if (place < 0) place = tiles.findIndex((tile) => "current" in tile.dataset);
  const top = (tile) => tile.getBoundingClientRect().top;
  const columns = tiles.filter((tile) => top(tile) === top(tiles[0])).length;
  const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns, Enter: 0 };
  const selects = name.startsWith("Shift+Arrow");
  if (selects) name = name.slice("Shift+".length);
  if (!(name in steps) || place < 0) return false;
  if (!selects && document.querySelector(`[data-key="${name}"]:not(:disabled)`)) return false;
  if (name === "Enter" && event.target !== document.body) return false; // what has the focus is clicked
  const tile = tiles[place + steps[name]];
  if (!tile) return false;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (event.repeat && name === "Enter") return true;
  // At once: the next key may come before the answer.
  if (!selects) for (const each of tiles) each.setAttribute("aria-pressed", "false");
  tile.setAttribute("aria-pressed", "true");
  ahead = { index: tile.dataset.value, until: Date.now() + ANSWERS_WITHIN };
  tile.focus({ preventScroll: true });
  tile.dispatchEvent(new MouseEvent("click", { bubbles: true, shiftKey: selects }));
  tile.scrollIntoView({ block: "nearest" });
  return true;
}

function fillScreen(event) {
  if (!event.target.closest?.("[data-fullscreen]")) return;
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen?.()?.catch(() => {}); // phones of Apple have none
}

// Copies the address of what is shown. A page without a secure connection has no clipboard of its own.
async function copyAddress(event) {
  const button = event.target.closest?.("[data-copied]");
  if (!button || button.ariaBusy) return;
  try {
    await navigator.clipboard.writeText(location.href);
  } catch {
    const text = button.parentElement.appendChild(document.createElement("textarea"));
    text.value = location.href;
    text.select();
    document.execCommand("copy");
    text.remove();
  }
  const { textContent } = button;
  button.textContent = button.dataset.copied;
  button.ariaBusy = "true";
  setTimeout(() => {
    button.textContent = textContent;
    button.ariaBusy = null;
  }, COPIED_FOR);
}

function lookAtWhatOpens(event) {
  const tab = event.target.closest?.("[data-opens]");
  if (!tab || tab.ariaExpanded === "true") return; // what is there is being closed
  const shown = `.st-key-${tab.dataset.opens}`; // by its key in Python
  const former = document.querySelector(`${shown} img`);
  const deadline = Date.now() + OPENS_WITHIN;
  const look = () => {
    const opened = document.querySelector(shown);
    // It has its height once its pictures are there.
    const images = [...(opened?.querySelectorAll("img") ?? [])];
    const isThere = images.length && !images.includes(former) && images.every((image) => image.complete);
    if (isThere) opened.scrollIntoView({ block: "nearest" });
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

// Says that the server is gone: Streamlit itself says nothing for many seconds. A page that opens is not connected at once.
let banner = null;
let secondsGone = 0;

function tellWhetherGone() {
  const wasGone = secondsGone > 1;
  const connection = document.querySelector(CONNECTION)?.dataset.testConnectionState ?? "CONNECTED";
  const isOnline = navigator.onLine || LOCAL.includes(location.hostname); // a computer without a network has itself
  secondsGone = connection === "CONNECTED" && isOnline ? 0 : secondsGone + 1;
  const isGone = secondsGone > 1;
  // A new server knows nothing of this page, and Streamlit runs it again only in some cases.
  if (wasGone && !isGone) page.setTriggerValue("back", true);
  const text = isGone ? page.data.gone : "";
  if (banner.textContent !== text) banner.textContent = text; // a screen reader says it once
  banner.hidden = !isGone;
}

// What is on the stage's bar outlives the server in the tab. Each new server, and each reload, gets it back.
let session = null;
let untaken = null; // what the session has not taken yet
let patience = 0; // ms
let nextTry = 0; // ms

function keepStage() {
  const bar = document.querySelector(".stage-bar");
  if (bar?.dataset.session !== session || untaken) return;
  try {
    sessionStorage.setItem(STAGE, bar.dataset.kept);
  } catch {} // a tab may refuse to keep anything
}

function meet(newSession) {
  if (session === newSession) return;
  session = newSession;
  patience = ANSWERS_WITHIN;
  nextTry = 0;
  try {
    untaken = sessionStorage.getItem(STAGE);
  } catch {}
}

// More than once, since Streamlit may end a run for a newer message before it has taken what this sends.
function giveBack() {
  if (page.data.restored) untaken = null;
  if (!untaken || Date.now() < nextTry) return;
  nextTry = Date.now() + patience;
  patience *= 2;
  page.setTriggerValue("kept", untaken); // no state: that would come back to the next server, too
}

function everySecond() {
  timer = setTimeout(everySecond, SECOND); // not an interval: after a late call, the next would come too soon
  announce();
  tellWhetherGone();
  giveBack();
  keepStage();
}

function click(event) {
  const tile = event.target.closest?.(".gallery button");
  if (event.isTrusted) ahead = { index: tile?.dataset.value, until: tile ? Date.now() + ANSWERS_WITHIN : 0 };
  fillScreen(event);
  copyAddress(event);
  lookAtWhatOpens(event);
}

const LISTENERS = { keydown: press, click };
let page = null;
let timer = 0;

export default function ({ data, setTriggerValue }) {
  page = { data, setTriggerValue };
  meet(data.session);
  giveBack();
  banner ??= document.querySelector(".gone") ?? document.body.appendChild(document.createElement("div"));
  banner.className = "gone";
  banner.setAttribute("role", "alert");
  banner.hidden = secondsGone < 2;
  document.documentElement.lang = data.language;
  region ??= document.querySelector(".announcement") ?? document.body.appendChild(document.createElement("div"));
  region.className = "announcement visually-hidden";
  region.setAttribute("aria-live", "polite");
  timer ||= setTimeout(everySecond, SECOND);
  // Streamlit calls again for each rerun of the page; the same listener again is no second one.
  for (const [name, listener] of Object.entries(LISTENERS)) window.addEventListener(name, listener, true);
}
