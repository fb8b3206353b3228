// A histogram over which one drags to choose a range of percents. Python gets both ends; a click frees the range.

const ALL = [0, 100];
const STEP = 2; // percents: the width of a bin
const CLICK = 4; // pixels that a click may move
const LAST_KEY = 400; // ms after which a range that was set by keys is sent

const clamp = (value) => Math.min(100, Math.max(0, value));

export default function ({ data, parentElement, setTriggerValue }) {
  let root = parentElement.querySelector(".brushed-root");
  if (!root) {
    root = document.createElement("div");
    root.className = "brushed-root";
    parentElement.append(root);
  }
  if (root.shown !== data.html) {
    const end = root.contains(document.activeElement) ? document.activeElement.dataset.end : undefined;
    root.innerHTML = root.shown = data.html;
    if (end) root.querySelector(`[data-end=${end}]`).focus({ preventScroll: true });
  }
  const plot = root.querySelector("[data-brush]");
  const bins = [...plot.querySelectorAll(".bin")];
  const handles = [...plot.querySelectorAll(".handle")];

  function tell([least, most]) {
    const within = bins.slice(Math.floor(least / STEP), Math.max(Math.ceil(most / STEP), Math.floor(least / STEP) + 1));
    const values = { least, most };
    for (const kind of ["right", "wrong"]) {
      values[kind] = within.reduce((sum, bin) => sum + Number(bin.dataset[kind]), 0).toLocaleString("en");
    }
    root.querySelector(".brushed").textContent = data.text.replace(/{(\w+)}/g, (_, name) => values[name]);
  }

  function show(range) {
    root.range = range;
    const [least, most] = range;
    const brush = plot.querySelector(".brush");
    brush.style.left = `${least}%`;
    brush.style.right = `${100 - most}%`;
    plot.classList.toggle("free", least === 0 && most === 100);
    handles.forEach((handle, place) => {
      handle.style.left = `${range[place]}%`;
      handle.setAttribute("aria-valuenow", range[place]);
      handle.setAttribute("aria-valuetext", `${range[place]} %`);
    });
    tell(range);
  }

  function send(range) {
    clearTimeout(root.timer);
    root.timer = 0;
    setTriggerValue("brushed", range);
  }

  const at = (event) => {
    const { left, width } = plot.getBoundingClientRect();
    return clamp(STEP * Math.round((100 * (event.clientX - left)) / width / STEP));
  };

  plot.onpointerdown = (event) => {
    if (event.button) return;
    const end = event.target.dataset?.end;
    // Who takes a handle moves that end.
    const start = end === "least" ? root.range[1] : end === "most" ? root.range[0] : at(event);
    root.drag = { start, x: event.clientX, before: root.range, onHandle: Boolean(end), moved: false };
    plot.setPointerCapture(event.pointerId);
  };
  plot.onpointermove = (event) => {
    const { drag } = root;
    if (!drag) {
      const bin = event.target.closest(".bin");
      if (bin) tell([STEP * bins.indexOf(bin), STEP * (bins.indexOf(bin) + 1)]);
      return;
    }
    if (!event.buttons) return plot.onpointerup(); // it was released where nobody heard of it
    drag.moved ||= Math.abs(event.clientX - drag.x) > CLICK;
    if (drag.moved) show([drag.start, at(event)].sort((a, b) => a - b));
  };
  plot.onpointerup = () => {
    const { drag } = root;
    root.drag = null;
    if (!drag) return;
    if (drag.moved && root.range[0] < root.range[1]) send(root.range);
    else if (drag.moved) show(drag.before);
    else if (!drag.onHandle) {
      show(ALL);
      send(ALL);
    }
  };
  plot.onpointercancel = () => {
    if (root.drag) show(root.drag.before);
    root.drag = null;
  };
  plot.onpointerleave = () => tell(root.range);
  plot.onkeydown = (event) => {
    const place = handles.indexOf(event.target);
    const steps = { ArrowLeft: -STEP, ArrowDown: -STEP, ArrowRight: STEP, ArrowUp: STEP, Home: -100, End: 100 };
    if (place < 0 || !(event.key in steps)) return;
    event.preventDefault();
    const range = [...root.range];
    const [least, most] = place ? [range[0] + STEP, 100] : [0, range[1] - STEP];
    range[place] = Math.min(most, Math.max(least, range[place] + steps[event.key]));
    show(range);
    clearTimeout(root.timer);
    root.timer = setTimeout(() => send(range), LAST_KEY);
  };

  // While one drags or presses keys, an answer to what was chosen before changes nothing.
  show(root.drag || root.timer ? root.range : data.range);
}
