// Makes the drawable canvas fit for a stage: its own toolbar goes (it appears on hover over whatever lies above, and on
// touch it is invisible over the top right corner and wipes the drawing), it gets a role, a label and a focus ring, and
// it is brought into view. It tells Python how wide the window is, and the style sheet how wide the canvas is, and changes
// nothing else; without it the canvas works as its package made it.

const STYLE = `
  .dc-toolbar { display: none !important; }
  canvas { touch-action: none; cursor: crosshair; }
  .dc-container:focus-visible { outline: 3px solid var(--st-primary-color, #c2410c); outline-offset: 2px; }
`;
const MOUNTS = { childList: true, subtree: true };
const RESIZED = 200; // ms after which a window keeps its size

const widths = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    if (target.isConnected) document.documentElement.style.setProperty("--canvas-width", `${target.clientWidth}px`);
    else widths.unobserve(target);
  }
});

function prepare(host, label) {
  const root = [host, ...host.querySelectorAll("*")].map((element) => element.shadowRoot).find((shadow) => shadow);
  const canvas = root?.querySelector(".dc-container");
  if (!canvas) return false;
  canvas.setAttribute("aria-label", label);
  if (canvas.getAttribute("role")) return true;
  if (!root.querySelector(".guard")) {
    const style = document.createElement("style");
    style.className = "guard";
    style.textContent = STYLE;
    root.append(style);
    // Streamlit mounts the canvas again at times, within the same shadow root.
    new MutationObserver(() => prepare(host, canvas.getAttribute("aria-label"))).observe(root, MOUNTS);
  }
  canvas.setAttribute("role", "img");
  canvas.setAttribute("tabindex", "0");
  widths.observe(canvas);
  host.scrollIntoView({ block: "nearest" });
  return true;
}

let page = null;
let toldWidth = null;
let resizing = 0;

// Each message runs the page again, so that it is sent only where a pad depends on it, and once.
function tellWidth() {
  if (!page?.data.tellWidth || toldWidth === window.innerWidth) return;
  toldWidth = window.innerWidth;
  page.setStateValue("width", toldWidth);
}

function resize() {
  clearTimeout(resizing);
  resizing = setTimeout(tellWidth, RESIZED);
}

export default function ({ data, setStateValue }) {
  const called = (page = { data, setStateValue });
  tellWidth();
  window.addEventListener("resize", resize); // the same listener again is no second one
  // The canvas may mount after this, and mounts again after a change of view: look at each frame until it is there.
  let frame = 0;
  const look = () => {
    const host = document.querySelector(`.st-key-${data.canvas}`);
    if (!host || !prepare(host, data.label)) frame = requestAnimationFrame(look);
  };
  look();
  return () => {
    cancelAnimationFrame(frame);
    if (page !== called) return; // Streamlit also cleans up after a call that a newer one has overtaken
    page = null;
    window.removeEventListener("resize", resize);
  };
}
