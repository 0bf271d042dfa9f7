// A grid of numbers, one cell a number, as plots.show_numbers draws it.
import { CELL_SCALES, css, inkOn, largest, numberText } from "./style.js";

/**
 * Make a grid in an element; the class of the element (input, kernel, output, gradient) frames it.
 *
 * @param {HTMLElement} place
 * @param {object} [options]
 * @param {number} [options.width] em that the grid may fill; cells are as large as fits
 * @param {number} [options.cell] em of the largest cell
 * @param {(row, column) => void} [options.point] called when the mouse or a finger is on a cell
 * @param {(row, column, value) => void} [options.edit] makes the cells fields that can be typed in
 * @param {string} [options.label] what the numbers are, for screen readers
 */
export function makeMatrix(place, { width = 20, cell = 2.7, point, edit, label = "numbers" } = {}) {
  const grid = place.appendChild(Object.assign(document.createElement("div"), { className: "matrix" }));
  grid.setAttribute("role", "group");
  grid.setAttribute("aria-label", label);
  const marks = [];
  let cells = [];
  let size = "";
  if (point) listen(grid, point);

  function resize(rows, columns) {
    if (size === `${rows} ${columns}`) return;
    size = `${rows} ${columns}`;
    grid.style.setProperty("--columns", columns);
    grid.style.setProperty("--cell", `${Math.min(cell, width / Math.max(rows, columns))}em`);
    cells = Array.from({ length: rows * columns }, (_, k) =>
      makeCell(Math.floor(k / columns), k % columns, edit, label));
    grid.replaceChildren(...cells.map((made) => made.box), ...marks);
  }

  /**
   * Fill the cells.
   *
   * @param {number[][]} rows
   * @param {object} [look]
   * @param {"gray" | "signed" | "magnitude"} [look.colors]
   * @param {number} [look.limit] the number at the end of the colors; the largest one by default
   * @param {number} [look.digits] digits behind the point; as many as needed, at most two, by default
   * @param {(row, column) => boolean} [look.hidden] cells to leave empty: not computed yet
   * @param {number} [look.padding] rows and columns at the rim that are not the image
   */
  function draw(rows, { colors = "gray", limit, digits = null, hidden = () => false, padding = 0 } = {}) {
    const [height, width] = [rows.length, rows[0].length];
    resize(height, width);
    grid.classList.toggle("padded", padding > 0);
    const end = limit ?? largest(rows.flat());
    cells.forEach(({ show }, k) => {
      const [i, j] = [Math.floor(k / width), k % width];
      const outside = Math.min(i, j, height - 1 - i, width - 1 - j) < padding;
      show(hidden(i, j) ? "" : numberText(rows[i][j], digits), {
        outside, color: outside || hidden(i, j) ? null : CELL_SCALES[colors](rows[i][j], end),
      });
    });
  }

  /** Outline cells: [{ row, column, height = 1, width = 1, role = "kernel" }]. */
  function mark(boxes) {
    while (marks.length > boxes.length) marks.pop().remove();
    while (marks.length < boxes.length) {
      marks.push(grid.appendChild(Object.assign(document.createElement("div"), { className: "mark" })));
    }
    const length = (count) => `calc(${count} * var(--cell))`;
    boxes.forEach(({ row, column, height = 1, width = 1, role = "kernel" }, k) => {
      Object.assign(marks[k].style, {
        top: length(row), left: length(column), height: length(height), width: length(width),
        outlineColor: `var(--${role})`,
      });
    });
  }

  return { grid, draw, mark };
}

function makeCell(row, column, edit, label) {
  const box = Object.assign(document.createElement("div"), { className: "cell" });
  Object.assign(box.dataset, { row, column });
  const inner = box.appendChild(document.createElement(edit ? "input" : "span"));
  if (edit) makeEditable(inner, row, column, edit, label);
  let before = "";
  const show = (text, { outside, color }) => {
    const look = `${text} ${outside} ${color}`;
    if (look === before) return; // most cells stay as they are
    before = look;
    const long = text.length > 4 ? " longer" : text.length > 3 ? " long" : "";
    box.className = `cell${outside ? " outside" : ""}${long}`;
    box.style.background = color ? css(color) : "";
    inner.style.color = color ? inkOn(color) : "";
    if (!edit) inner.textContent = text;
    else if (inner.getRootNode().activeElement !== inner) inner.value = text;
  };
  return { box, show };
}

function makeEditable(input, row, column, edit, label) {
  Object.assign(input, { type: "text", inputMode: "decimal" });
  input.setAttribute("aria-label", `${label}, row ${row}, column ${column}`);
  const read = () => {
    const text = input.value.trim().replace("−", "-").replace(",", ".");
    return text && Number.isFinite(Number(text)) ? Number(text) : null;
  };
  input.addEventListener("focus", () => input.select());
  input.addEventListener("input", () => { if (read() !== null) edit(row, column, read()); });
  input.addEventListener("keydown", (event) => {
    const step = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (!step || read() === null) return;
    event.preventDefault();
    input.value = numberText(read() + step);
    edit(row, column, read());
  });
}

function listen(grid, point) {
  const told = (event) => {
    const cell = event.target.closest?.("[data-row]");
    if (cell) point(Number(cell.dataset.row), Number(cell.dataset.column));
  };
  grid.addEventListener("pointermove", told);
  grid.addEventListener("pointerdown", told);
}
