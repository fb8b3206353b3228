// Shows a kernel that moves over an image, and the map that its sums make, pixel by pixel. Where the pointer is on the
// image or a map, the kernel stands there. The figures' captions come as HTML from Python.

const SECONDS = 6; // for the whole map
const CELL = 8; // pixels of a canvas for a cell
const ORANGE = [255, 140, 40]; // above zero; blue below, as the maps of the ink that decides
const BLUE = [70, 160, 255];

function colour(value, largest) {
  const strength = Math.min(1, Math.abs(value) / (largest || 1));
  return `rgb(${(value < 0 ? BLUE : ORANGE).map((part) => Math.round(part * strength)).join()})`;
}

function grey(value) {
  return `rgb(${Array(3).fill(Math.round(255 * value)).join()})`;
}

function paint(canvas, width, cells, colourOf, count = cells.length) {
  const size = [width * CELL, (cells.length / width) * CELL];
  [canvas.width, canvas.height] = size; // which clears it
  const context = canvas.getContext("2d");
  for (let index = 0; index < count; index++) {
    context.fillStyle = colourOf(cells[index]);
    context.fillRect((index % width) * CELL, Math.floor(index / width) * CELL, CELL, CELL);
  }
  return context;
}

function frame(context, column, row, side) {
  context.strokeStyle = "#fff";
  context.lineWidth = 2;
  context.strokeRect(column * CELL + 1, row * CELL + 1, side * CELL - 2, side * CELL - 2);
}

class Mover {
  constructor(root, data) {
    Object.assign(this, data);
    this.root = root;
    this.side = Math.sqrt(this.kernel.length);
    this.width = Math.sqrt(this.image.length);
    this.columns = this.width - this.side + 1;
    this.pooledColumns = Math.floor(this.columns / this.pool);
    this.largest = Math.max(...this.map.map(Math.abs));
    this.pooled = Array.from({ length: this.pooledColumns ** 2 }, (_, index) => this.pooledAt(index));
    this.canvas = Object.fromEntries([...root.querySelectorAll("canvas")].map((each) => [each.dataset.of, each]));
    for (const of of ["image", "map", "pooled"]) this.canvas[of].onpointermove = (event) => this.point(of, event);
    root.querySelector("[data-again]").onclick = () => this.play();
    paint(this.canvas.kernel, this.side, this.kernel, (value) => colour(value, Math.max(...this.kernel.map(Math.abs))));
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) this.showAll();
    else this.play();
  }

  pooledAt(index) {
    const [row, column] = [Math.floor(index / this.pooledColumns), index % this.pooledColumns];
    let most = -Infinity;
    for (let y = 0; y < this.pool; y++)
      for (let x = 0; x < this.pool; x++)
        most = Math.max(most, this.map[(row * this.pool + y) * this.columns + column * this.pool + x]);
    return most;
  }

  play() {
    const started = performance.now();
    cancelAnimationFrame(this.waiting);
    const step = (now) => {
      const place = Math.max(0, Math.floor(((now - started) / 1000 / SECONDS) * this.map.length));
      if (place >= this.map.length) return this.showAll();
      this.show(place, place);
      if (this.root.isConnected) this.waiting = requestAnimationFrame(step);
    };
    this.waiting = requestAnimationFrame(step);
  }

  // The whole map, with the kernel where it answers most.
  showAll() {
    this.show(this.map.length - 1, this.map.indexOf(Math.max(...this.map)));
  }

  point(of, event) {
    cancelAnimationFrame(this.waiting);
    const across = { image: this.width, map: this.columns, pooled: this.columns }[of];
    const moved = of === "image" ? Math.floor(this.side / 2) : 0; // there the pointer is in the middle of the kernel
    const at = (offset, length) => Math.floor((offset / length) * across) - moved;
    const within = (value) => Math.max(0, Math.min(this.columns - 1, value));
    const { clientWidth, clientHeight } = event.target;
    this.show(this.map.length - 1, within(at(event.offsetY, clientHeight)) * this.columns + within(at(event.offsetX, clientWidth)));
  }

  // Shows the map up to a place, with the kernel at another.
  show(until, at) {
    const [row, column] = [Math.floor(at / this.columns), at % this.columns];
    const below = this.kernel.map(
      (_, index) => this.image[(row + Math.floor(index / this.side)) * this.width + column + (index % this.side)],
    );
    frame(paint(this.canvas.image, this.width, this.image, grey), column, row, this.side);
    paint(this.canvas.below, this.side, below, grey);
    const ofMap = (value) => colour(value, this.largest);
    frame(paint(this.canvas.map, this.columns, this.map, ofMap, until + 1), column, row, 1);
    const rows = Math.floor((Math.floor(until / this.columns) + 1) / this.pool);
    const context = paint(this.canvas.pooled, this.pooledColumns, this.pooled, ofMap, rows * this.pooledColumns);
    frame(context, Math.floor(column / this.pool), Math.floor(row / this.pool), 1);
    this.root.querySelector("output").textContent = this.map[at].toFixed(2).replace("-", "−");
  }
}

export default function ({ data, parentElement }) {
  let root = parentElement.querySelector(".kernel");
  if (!root) {
    root = document.createElement("div");
    root.className = "kernel";
    parentElement.append(root);
  }
  const shown = JSON.stringify(data);
  if (root.shown === shown) return;
  root.shown = shown;
  cancelAnimationFrame(root.mover?.waiting);
  root.innerHTML = data.html;
  root.mover = new Mover(root, data);
}
