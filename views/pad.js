// Makes the drawable canvas fit for a stage: its own toolbar goes (it appears on hover over whatever lies above, and on
// touch it is invisible over the top right corner and wipes the drawing), it gets a role, a label and a focus ring, and
// it is brought into view. It tells how wide the window is, and changes nothing else; without it the canvas works as its
// package made it.

const STYLE = `
  .dc-toolbar { display: none !important; }
  canvas { touch-action: none; cursor: crosshair; }
  .dc-container:focus-visible { outline: 3px solid var(--st-primary-color, #c2410c); outline-offset: 2px; }
`;

function prepare(host, label) {
  const root = [host, ...host.querySelectorAll("*")].map((element) => element.shadowRoot).find((shadow) => shadow);
  const canvas = root?.querySelector(".dc-container");
  if (!canvas) return false;
  canvas.setAttribute("aria-label", label);
  if (canvas.getAttribute("role")) return true;
  const style = document.createElement("style");
  style.textContent = STYLE;
  root.append(style);
  canvas.setAttribute("role", "img");
  canvas.setAttribute("tabindex", "0");
  host.scrollIntoView({ block: "nearest" });
  return true;
}

let toldWidth = null;

export default function ({ data, setStateValue }) {
  // Each message runs the page again, so that it is sent only where a pad depends on it, and once.
  if (data.tellWidth && toldWidth !== window.innerWidth) {
    toldWidth = window.innerWidth;
    setStateValue("width", toldWidth);
  }
  // The canvas may mount after this, and mounts anew after a change of view: look at each frame until it is there.
  let frame = 0;
  const look = () => {
    const host = document.querySelector(`.st-key-${data.canvas}`);
    if (!host || !prepare(host, data.label)) frame = requestAnimationFrame(look);
  };
  look();
  return () => cancelAnimationFrame(frame);
}
