// Lets the reading follow the pen: while it draws, Python gets what is on the canvas, and once it is lifted, the canvas
// package sends the whole stroke at once and not after its own wait. One picture is under way at a time, and the slower
// the answers the fewer there are, so that many visitors at once don't hold each other up. Whatever goes wrong here, the
// package's own pictures still arrive at their own pace.
//
// It also sees to it that no stroke is lost. What is on the canvas is kept in the tab and goes to Python when the page is
// reloaded. Clear empties the canvas at once, without waiting for the server. Where only the server can change what is
// on the canvas, strokes drawn meanwhile are held back and drawn afterwards.

const INTERVAL = 60; // ms between two pictures while the pen is down
const QUICK = 50; // ms an answer may take before there are fewer
const PATIENCE = 1000; // ms to wait for an answer before sending on without it
const LONGEST_HOLD = 3000; // ms to hold strokes back for a server that does not answer
const ANSWERED = 250; // ms after which the reading of a stroke has come
const AFTER_TOUCH = 450; // ms for which the canvas takes no mouse and no stylus after a finger, with some to spare
const LOADING = [50, 150, 400]; // ms after which the canvas may have drawn what it was given
const TOOLS = ".tools [data-value]";
const TAKES = "[data-takes-drawing]";
const MOST_COMMANDS = 20; // that may be under way at once
const UPDATE = '[aria-label="Update the app with this drawing"]';
const RESET = '[aria-label="Reset canvas & history"]';

// Streamlit calls the function below after each run of the page; what is kept here stays between the calls.
const pen = {
  down: false,
  id: null, // of the pointer that draws
  unsent: false,
  unsaved: false,
  strokes: 0,
  number: 0, // of the last message, a time
  answered: 0, // the number of the last message that Python has answered
  took: 0, // ms until that answer
  waiting: false,
};
// What the last call was given. Streamlit calls again for each rerun of the page, and cleans up only at the end.
let page = null;
// The last calls of the components that are on the page, by their elements, the newest last. While the page is put in
// another order, the one that goes may be called after the one that comes.
const calls = new Map();
// The revision of the pad on which the visitor has drawn, or on which a kept drawing was put.
let begun = null;
// What the buttons have asked of the server. Two clicks that are sent together would become one, or change places.
let commands = [];
let asked = { pad: null, number: 0 };
// Mouse and touch events, and names of commands after them, that wait for the server to have done that.
let held = null;
// When a finger was last lifted from the canvas.
let touched = 0;
// What was seen of each canvas last, by its key: the pad's revision, and the canvas's first layer.
const seen = new Map();
// Whether the browser does not let the canvas be read.
let isBroken = false;
let sending = 0;
let savings = [];

// The shadow root with the canvas in it; nothing before it is mounted.
function shadow() {
  const hosts = document.querySelectorAll(`.st-key-${page?.data.canvas} *`);
  return [...hosts].map((host) => host.shadowRoot).find((root) => root?.querySelector("canvas"));
}

// Where two changes of its data come quickly, Streamlit mounts the canvas again, and it loses what was drawn since the first.
function look() {
  const layer = shadow()?.querySelector("canvas");
  if (!layer) return;
  const { canvas, revision } = page.data;
  const last = seen.get(canvas);
  if (last?.layer !== layer) {
    if (last?.revision === revision) command("redraw");
    saveSoon();
  }
  seen.set(canvas, { revision, layer });
}

const mounts = new MutationObserver(look);

function lookOut() {
  const root = shadow();
  if (!root) {
    if (page) requestAnimationFrame(lookOut); // it is about to be mounted
    return;
  }
  look();
  mounts.observe(root, { childList: true, subtree: true });
}

function isOnCanvas(event) {
  return Boolean(shadow()?.contains(event.composedPath()[0]));
}

// All layers on one another: a stroke under way is on a layer of its own.
function picture(root, scale) {
  const layers = [...root.querySelectorAll("canvas")];
  const merged = document.createElement("canvas");
  merged.width = Math.round(layers[0].clientWidth * scale);
  merged.height = Math.round(layers[0].clientHeight * scale);
  const context = merged.getContext("2d", { willReadFrequently: true });
  for (const layer of layers) context.drawImage(layer, 0, 0, merged.width, merged.height);
  return merged;
}

function isBlank(merged) {
  const { data } = merged.getContext("2d").getImageData(0, 0, merged.width, merged.height);
  return !new Uint32Array(data.buffer).some((pixel) => (pixel & 0xffffff) !== 0); // whatever its alpha
}

// Whether there is something on the canvas, as far as the browser lets it be read.
function hasInk() {
  try {
    const root = shadow();
    return Boolean(root) && !isBlank(picture(root, 0.5));
  } catch {
    return false;
  }
}

function tell(message) {
  pen.number = Math.max(pen.number + 1, Date.now());
  const { canvas, revision } = page.data;
  page.setStateValue("drawing", { canvas, revision, number: pen.number, down: pen.down, ...message });
}

function send() {
  clearTimeout(sending);
  sending = 0;
  const root = shadow();
  pen.waiting = pen.down && pen.number > pen.answered && Date.now() - pen.number < PATIENCE;
  if (pen.waiting || !pen.down || !root || isBroken) return;
  try {
    // Half the size is read alike, and is sent and read faster.
    tell({ image: picture(root, 0.5).toDataURL("image/png") });
  } catch {
    giveUp();
  }
}

// The click stays within the canvas: the page would close a menu because of it.
function click(button) {
  button.dispatchEvent(new MouseEvent("click", { bubbles: true, composed: false }));
}

function update() {
  const button = shadow()?.querySelector(UPDATE);
  if (button) click(button);
}

// Python must know, since it takes no other picture while the pen is down.
function giveUp() {
  isBroken = true;
  keep(null); // it could not be kept up to date
  tell({ down: false, image: null });
}

function sendInTurn() {
  const interval = Math.max(INTERVAL, 2 * pen.took - QUICK);
  sending ||= setTimeout(send, Math.max(0, pen.number + interval - Date.now()));
}

// Tests and measurements ask for this: whether what was done to the pad is read, on the canvas, and kept in the tab.
function answerWhetherSettled(event) {
  const { pad, done, answered, loaded } = page.data;
  const isObeyed = asked.pad !== pad || done >= asked.number;
  const isUnderWay = pen.down || pen.unsent || pen.unsaved || held || savings.length;
  event.detail.settled = Boolean(shadow()) && !isUnderWay && loaded && isObeyed && answered === pen.number;
}

function press(event) {
  finish();
  if (event.pointerType !== "touch" && timeUntilMouse() && isOnCanvas(event)) {
    hold();
    held.forMouse = true;
    releaseWhenDone();
  }
  if (!event.isPrimary || event.button !== 0 || !isOnCanvas(event)) return;
  pen.id = event.pointerId; // also of a stroke that is held back: it may go on after that
  if (held) return;
  pen.down = true;
  begun = page.data.revision;
}

function move(event) {
  if (!pen.down || event.pointerId !== pen.id) return;
  if (event.buttons === 0 && event.pointerType !== "touch") lift(event); // it was lifted outside of the window
  else sendInTurn();
}

function lift(event) {
  if (!pen.down || event.pointerId !== pen.id) return;
  pen.down = false;
  finishSoon();
}

function finishSoon() {
  pen.unsent = pen.unsaved = true;
  const stroke = ++pen.strokes;
  const { revision } = page.data;
  requestAnimationFrame(finish); // should the canvas not have let the end of the stroke through to `finish`
  // The answer comes first.
  setTimeout(() => save(stroke === pen.strokes && revision === page?.data.revision), ANSWERED);
}

// Has the package tell Python of the last stroke now, instead of after its own wait, and tells that the pen is up.
function finish() {
  if (!pen.unsent) return;
  pen.unsent = false;
  clearTimeout(sending);
  sending = 0;
  update();
  tell({ image: null });
}

// A tab may refuse to keep anything.
function keep(image) {
  try {
    if (image) sessionStorage.setItem(page.data.canvas, image);
    else sessionStorage.removeItem(page.data.canvas);
  } catch {}
}

function kept() {
  try {
    return sessionStorage.getItem(page.data.canvas);
  } catch {
    return null;
  }
}

// Keeps what is on the canvas in the tab. A canvas that has not yet drawn what it was given is blank, too.
function save(hasStroke) {
  pen.unsaved = false;
  const root = shadow();
  if (!page || !root || isBroken) return; // the screen may have been left meanwhile
  try {
    const merged = picture(root, 1);
    if (!isBlank(merged)) keep(merged.toDataURL("image/png"));
    else if (hasStroke) giveUp();
    else if (page.data.clearable && !page.data.untouched) keep(null);
  } catch {
    giveUp();
  }
}

// Keeps what Python has put on the canvas, and has the package tell that it is there, which it does not when mounted.
function saveSoon() {
  const loaded = () => {
    savings.shift();
    if (pen.down) return;
    if (!page.data.loaded) update();
    save(false);
  };
  savings.forEach(clearTimeout);
  savings = LOADING.map((delay) => setTimeout(loaded, delay));
}

function control(event) {
  finish(); // before anything else is done to it
  const name = event.target.closest?.(TOOLS)?.dataset.value;
  if (page && !name && pen.unsaved) save(false); // the click may leave the screen
  // What is clicked takes the drawing, and the pad is cleared after that.
  if (page && event.target.closest?.(TAKES)) setTimeout(() => page && command("clear-pad"));
  if (!page || !name) return;
  event.stopPropagation();
  // What the server has not heard of could not be brought back by Undo.
  const mayClear = name === "clear-pad" && page.data.clearable && !held && pen.number === pen.answered;
  const reset = mayClear && shadow()?.querySelector(RESET);
  if (reset) clear(reset);
  else command(name);
}

// Has the package clear the canvas, of which it tells Python at once. It takes a moment, and would cut off the beginning of
// a stroke drawn meanwhile.
function clear(reset) {
  click(reset);
  pen.strokes++;
  keep(null);
  hold();
  held.clearing = true;
  const patience = Date.now() + PATIENCE;
  const cleared = () => {
    if (!held) return;
    if (Date.now() < patience && hasInk()) {
      requestAnimationFrame(cleared);
      return;
    }
    held.clearing = false;
    releaseWhenDone();
  };
  requestAnimationFrame(cleared);
}

function command(name) {
  if (held?.events.length) {
    held.events.push(name); // it comes after the strokes that wait
    return;
  }
  hold();
  const { pad, done } = page.data;
  pen.strokes++;
  asked = { pad, number: 1 + (asked.pad === pad ? Math.max(asked.number, done) : done) };
  held.number = asked.number;
  commands = [...commands, { ...asked, name }].slice(-MOST_COMMANDS);
  page.setStateValue("commands", commands);
}

function hold() {
  const { pad, done, revision } = page.data;
  held ??= { events: [], pad, number: done, revision };
  clearTimeout(held.timer);
  held.timer = setTimeout(release, LONGEST_HOLD);
  for (const name of HELD) window.addEventListener(name, catchEvent, CAPTURING);
}

function copyOf(event, type) {
  const { touches, targetTouches, changedTouches } = event;
  return touches
    ? new TouchEvent(type, {
        bubbles: true,
        cancelable: true,
        composed: true,
        touches: [...touches],
        targetTouches: [...targetTouches],
        changedTouches: [...changedTouches],
      })
    : new MouseEvent(type, event);
}

function noteTouch(event) {
  if (isOnCanvas(event)) touched = Date.now();
}

// The canvas knows nothing of a finger that the system takes away, as for a notification, and would lose the stroke.
function endTouch(event) {
  if (isOnCanvas(event)) event.composedPath()[0].dispatchEvent(copyOf(event, "touchend"));
}

// Another button would end the stroke for the canvas, which then never makes an object of it.
function keepOtherButtonsOut(event) {
  if (!pen.down || event.button === 0) return;
  event.stopImmediatePropagation();
  event.preventDefault();
}

function catchEvent(event) {
  if (event.button > 0 || (BEGINNINGS.includes(event.type) ? !isOnCanvas(event) : !held.events.length)) return;
  event.stopImmediatePropagation();
  if (event.cancelable) event.preventDefault(); // no mouse events after those of a finger
  held.events.push(copyOf(event, event.type));
}

// How long the canvas still takes no mouse and no stylus, in ms.
function timeUntilMouse() {
  return Math.max(0, touched + AFTER_TOUCH - Date.now());
}

function releaseWhenDone() {
  if (!held || held.clearing || !page) return;
  if (timeUntilMouse() && (held.forMouse || held.events[0]?.type === "mousedown")) {
    setTimeout(releaseWhenDone, timeUntilMouse());
    return;
  }
  const { pad, done, loaded, revision, untouched } = page.data;
  const isDone = pad !== held.pad || (done >= held.number && (loaded || revision === held.revision));
  if (isDone && !(held.restores && untouched)) release();
}

function release() {
  if (!held) return;
  const { events, timer } = held;
  clearTimeout(timer);
  held = null;
  for (const name of HELD) window.removeEventListener(name, catchEvent, CAPTURING);
  const canvas = shadow()?.querySelector(".upper-canvas");
  if (!events.length || !canvas) return;
  const upTo = events.findIndex((event) => typeof event === "string");
  const strokes = upTo < 0 ? events : events.slice(0, upTo);
  for (const event of strokes) canvas.dispatchEvent(event);
  begun = page.data.revision;
  if (BEGINNINGS.includes(strokes.findLast(({ type }) => !type.endsWith("move")).type)) pen.down = true;
  else finishSoon();
  if (upTo < 0) return;
  finish(); // the server must know the strokes first
  command(events[upTo]);
  for (const event of events.slice(upTo + 1)) {
    if (typeof event === "string") command(event);
    else held.events.push(event);
  }
}

const BEGINNINGS = ["mousedown", "touchstart"];
const ENDS = ["mouseup", "touchend"];
const HELD = [...BEGINNINGS, "mousemove", "touchmove", ...ENDS];
const CAPTURING = { capture: true, passive: false };
const LISTENERS = {
  pointerdown: press,
  pointermove: move,
  pointerup: lift,
  pointercancel: lift,
  click: control,
  mousedown: keepOtherButtonsOut,
  mouseup: keepOtherButtonsOut,
  contextmenu: keepOtherButtonsOut,
  touchcancel: endTouch,
  touchend: noteTouch,
  keydown: finish, // before what the key does
  pagehide: () => save(false),
  "is-pad-settled": answerWhetherSettled,
};

function start() {
  for (const [name, listener] of Object.entries(LISTENERS)) window.addEventListener(name, listener, true);
  for (const name of ENDS) window.addEventListener(name, finish); // after the canvas, which has the whole stroke then
}

function stop() {
  for (const [name, listener] of Object.entries(LISTENERS)) window.removeEventListener(name, listener, true);
  for (const name of ENDS) window.removeEventListener(name, finish);
}

export default function ({ data, setStateValue, parentElement }) {
  const isNew = page?.data.revision !== data.revision;
  const called = (page = { data, setStateValue });
  calls.delete(parentElement);
  calls.set(parentElement, called);
  lookOut();
  if (pen.number && data.answered === pen.number && pen.answered !== pen.number) pen.took = Date.now() - pen.number;
  pen.answered = data.answered;
  start(); // the same listeners again are no more listeners
  if (pen.waiting) sendInTurn();
  releaseWhenDone();
  const image = data.untouched && begun !== data.revision && kept();
  if (image) {
    begun = data.revision;
    hold();
    held.restores = true;
    tell({ kept: true, image });
  } else if (isNew) {
    saveSoon();
  }
  return () => {
    if (calls.get(parentElement) === called) calls.delete(parentElement);
    if (page !== called) return; // Streamlit also cleans up after a call that a newer one has overtaken
    page = [...calls].findLast(([element]) => element.isConnected)?.[1] ?? null;
    if (page) return;
    calls.clear();
    mounts.disconnect();
    pen.down = pen.unsent = false;
    release();
    savings.forEach(clearTimeout);
    savings = [];
    stop();
  };
}
