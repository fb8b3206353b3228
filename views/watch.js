// Lets the reading follow the pen: while it draws, and once it is lifted, Python gets what is on the canvas, well before
// the canvas package sends it. One picture is under way at a time, and the slower the answers the fewer there are, so that
// many visitors at once don't hold each other up. The last one is kept in the tab, and goes to Python when the page is
// loaded anew. Clear empties the canvas at once, so that a stroke begun before the server has answered is not lost.
// Whatever goes wrong here, the package's own pictures still arrive at their own pace.

const INTERVAL = 60; // ms between two pictures while the pen is down
const QUICK = 50; // ms an answer may take before there are fewer
const SETTLED = 400; // ms after which the canvas has been drawn
const PATIENCE = 1000; // ms to wait for an answer before sending on without it
const UPDATE = '[aria-label="Update the app with this drawing"]';
const RESET = '[aria-label="Reset canvas & history"]';

// The page has one pad at a time, and this module's state outlives the calls below: each answer is one.
const pen = { down: false, number: 0, answered: 0, took: 0, waiting: false };
let keeping = 0;
let sending = 0;

// A tab may refuse to keep anything.
function keep(key, image) {
  try {
    if (image) sessionStorage.setItem(key, image);
    else sessionStorage.removeItem(key);
  } catch {}
}

function kept(key) {
  try {
    return sessionStorage.getItem(key);
  } catch {
    return null;
  }
}

function shadowOf(key) {
  const host = document.querySelector(`.st-key-${key}`);
  return [host, ...(host?.querySelectorAll("*") ?? [])].map((element) => element?.shadowRoot).find((root) => root);
}

// All layers on one another: a stroke under way is on a layer of its own.
function picture(root, scale) {
  const layers = [...root.querySelectorAll("canvas")];
  const merged = document.createElement("canvas");
  merged.width = Math.round(layers[0].clientWidth * scale);
  merged.height = Math.round(layers[0].clientHeight * scale);
  const context = merged.getContext("2d");
  for (const layer of layers) context.drawImage(layer, 0, 0, merged.width, merged.height);
  return merged.toDataURL("image/png");
}

// What the last call was given. Streamlit calls again for each rerun of the page, and cleans up only at the end.
let page = null;

function send() {
  clearTimeout(sending);
  sending = 0;
  const root = shadowOf(page?.data.canvas);
  // Only the last picture of a stroke waits for no answer.
  pen.waiting = pen.down && pen.number > pen.answered && Date.now() - pen.number < PATIENCE;
  if (pen.waiting || !root) return;
  try {
    // Half the size is read alike, and is sent and read faster; the last picture of a stroke is whole.
    const image = picture(root, pen.down ? 0.5 : 1);
    pen.number = Date.now();
    page.setStateValue("drawing", { number: pen.number, revision: page.data.revision, down: pen.down, image });
  } catch {
    stop(); // a canvas that can't be read
  }
}

function sendInTurn() {
  const interval = Math.max(INTERVAL, 2 * pen.took - QUICK);
  sending ||= setTimeout(send, Math.max(0, pen.number + interval - Date.now()));
}

function press(event) {
  pen.down ||= Boolean(shadowOf(page?.data.canvas)?.contains(event.composedPath()[0]));
}

function move() {
  if (pen.down) sendInTurn();
}

function lift() {
  if (!pen.down) return;
  pen.down = false;
  // The canvas does not know yet: the stroke is still on its own layer, and moves to the one below in the next frame.
  send();
  requestAnimationFrame(() =>
    requestAnimationFrame(() => shadowOf(page?.data.canvas)?.querySelector(UPDATE)?.click()), // spares the package's wait
  );
}

function clear(event) {
  if (!page?.data.clearable || !event.target.closest?.(".st-key-clear-pad button:not(:disabled)")) return;
  const root = shadowOf(page.data.canvas);
  const reset = root?.querySelector(RESET);
  if (!reset) return; // the button does it
  event.stopPropagation();
  reset.click(); // the package tells at once that nothing is left
}

const LISTENERS = { pointerdown: press, pointermove: move, pointerup: lift, pointercancel: lift, click: clear };

function stop() {
  for (const [name, listener] of Object.entries(LISTENERS)) window.removeEventListener(name, listener, true);
}

// Keeps what is on the canvas, once it is drawn, for the next load of the page.
function keepSoon(data) {
  clearTimeout(keeping);
  keeping = setTimeout(() => {
    const root = shadowOf(data.canvas);
    if (pen.down || !root) return;
    try {
      keep(data.canvas, data.blank ? null : picture(root, 1));
    } catch {} // a canvas that can't be read
  }, SETTLED);
}

export default function ({ data, setStateValue }) {
  page = { data, setStateValue };
  if (pen.number && data.answered === pen.number && pen.answered !== pen.number) pen.took = Date.now() - pen.number;
  pen.answered = data.answered;
  // The same listeners again are no more listeners.
  for (const [name, listener] of Object.entries(LISTENERS)) window.addEventListener(name, listener, true);
  if (pen.waiting) sendInTurn();
  const image = data.untouched && kept(data.canvas);
  if (image) setStateValue("drawing", { number: Date.now(), revision: data.revision, down: false, kept: true, image });
  else keepSoon(data);
  return () => {
    page = null;
    stop();
  };
}
