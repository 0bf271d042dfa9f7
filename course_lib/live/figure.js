// What every figure is made of: a frame that no page style reaches, controls, keys, words.
import { STYLE } from "./style.js";

export { COLORS, CURVES, DASHES, css, inkOn, largest, numberText } from "./style.js";
export { makeMatrix } from "./matrix.js";
export { makeColorBar, paintMap } from "./maps.js";
export { makeBars, makePlot } from "./charts.js";

/**
 * Open a figure in an element.
 *
 * @param {{ model, el: HTMLElement }} context what `render` was called with
 * @param {object} parts
 * @param {string} [parts.html] what stands below the controls
 * @param {string} [parts.css] style of it, on top of style.js
 * @param {object[]} [parts.controls] as `addControl` takes them, in their order
 * @param {(state) => object} [parts.settle] changes that make the state possible again, such as
 *   { row: 3 } where there is no row 4 any more
 */
export function makeFigure({ model, el }, { html = "", css = "", controls = [], settle = () => ({}) } = {}) {
  const root = openRoot(el, css, html);
  const words = root.querySelector(".unseen[aria-live]");
  const notice = root.querySelector(".notice");
  model.on("change", () => { notice.hidden = true; });
  const figure = {
    root,
    find: (selector) => root.querySelector(selector),
    /** The present values by name. */
    get state() {
      return Object.fromEntries(model.get("names").map((name) => [name, model.get(name)]));
    },
    /** Change values by name. */
    set(changes) {
      const before = figure.state;
      const all = { ...changes, ...settle({ ...before, ...changes }) };
      for (const [name, value] of Object.entries(all)) if (before[name] !== value) model.set(name, value);
      model.save_changes();
    },
    /** Draw now, and once after any number of changes, before the next frame. */
    onChange(draw) {
      let waiting = false;
      model.on("change", () => {
        if (waiting) return;
        waiting = true;
        queueMicrotask(() => { waiting = false; draw(figure.state); });
      });
      draw(figure.state);
    },
    /** Say what the figure shows now; screen readers read it out. */
    say(text) {
      if (words.textContent !== text) words.textContent = text;
    },
    /** Say what went wrong, for all to see until something changes. */
    warn(text) {
      notice.textContent = text;
      notice.hidden = false;
      figure.say(text);
    },
    /** Add a control at the end of the bar. */
    add: (control) => addControl(figure, model, root.querySelector(".controls"), control),
  };
  controls.forEach(figure.add);
  return figure;
}

function openRoot(el, style, html) {
  const root = el.shadowRoot ?? el.attachShadow({ mode: "open" });
  root.innerHTML = `<style>${STYLE}${style}</style><div class="figure"><div class="controls"></div><p class="notice" hidden></p>${html}
    <p class="unseen" aria-live="polite"></p></div>`;
  keepKeys(el, root);
  return root;
}

/** Keys pressed inside a figure are its own: they move neither slides nor a notebook's cells. */
function keepKeys(el, root) {
  const claim = (claimed) => el.toggleAttribute("data-lm-suppress-shortcuts", claimed); // JupyterLab
  claim(true);
  el.dataset.preventSwipe = ""; // reveal.js: a stroke is not a swipe
  el.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey) return claim(false); // Ctrl+S still saves
    if (event.key === "Escape") root.activeElement?.blur(); // gives the keys back
    if (!["PageUp", "PageDown"].includes(event.key)) event.stopPropagation(); // a clicker's
  });
  el.addEventListener("keyup", (event) => { if (!event.ctrlKey && !event.metaKey) claim(true); });
}

let controlsMade = 0; // ids are unique in a shadow root only; labels need no more

/**
 * Controls, by `kind`:
 * - { kind: "slider", name, min, max, step = 1, label = name }
 * - { kind: "choice", name, options: string[], label = name }
 * - { kind: "switch", name, label = name }, true or false
 * - { kind: "button", label, press: (button) => void, describe = label }
 *
 * `then(value)` gives further changes that go with a change of this one. Returns the element.
 */
function addControl(figure, model, bar, control) {
  const { kind, name, label = name, then = () => ({}) } = control;
  if (kind === "button") return addButton(bar, control);
  const id = `control-${(controlsMade += 1)}`;
  const element = MAKE[kind](control);
  Object.assign(element, { name, id });
  const holder = document.createElement("label");
  holder.htmlFor = id;
  holder.append(...(kind === "switch" ? [element, label] : [label, element]));
  const shown = kind === "slider" ? holder.appendChild(document.createElement("output")) : null;
  bar.append(holder);
  const read = () => {
    const value = model.get(name);
    if (kind === "switch") element.checked = value;
    else element.value = value;
    if (shown) shown.textContent = String(value).replace("-", "−");
  };
  element.addEventListener("input", () => {
    const value = kind === "switch" ? element.checked : kind === "slider" ? Number(element.value) : element.value;
    figure.set({ [name]: value, ...then(value) });
    read(); // a value that could not be set moves back
  });
  model.on(`change:${name}`, read);
  read();
  return element;
}

const MAKE = {
  slider: ({ min, max, step = 1 }) =>
    Object.assign(document.createElement("input"), { type: "range", min, max, step }),
  switch: () => Object.assign(document.createElement("input"), { type: "checkbox" }),
  choice({ options }) {
    const element = document.createElement("select");
    element.append(...options.map((text) => new Option(text, text)));
    return element;
  },
};

function addButton(bar, { label, press, describe = null }) {
  const button = document.createElement("button");
  button.textContent = label;
  if (describe) button.setAttribute("aria-label", describe);
  button.addEventListener("click", () => press(button));
  bar.append(button);
  return button;
}

const MOVES = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

/** Let arrow keys move something, while `element` itself has the focus: move(rows, columns). */
export function moveByKeys(element, move) {
  element.tabIndex = 0;
  element.addEventListener("keydown", (event) => {
    if (!(event.key in MOVES) || event.target !== element) return;
    event.preventDefault();
    move(...MOVES[event.key]);
  });
}

/** A button that takes a step every `ms` until `step` returns false or it is pressed again. */
export function addPlayer(figure, { label, step, ms = 140 }) {
  let timer = null;
  const stop = () => {
    clearInterval(timer);
    timer = null;
    button.textContent = `▶ ${label}`;
  };
  const button = figure.add({
    kind: "button",
    label: `▶ ${label}`,
    press() {
      if (timer) return stop();
      button.textContent = "❚❚ pause";
      timer = setInterval(() => { if (!button.isConnected || step() === false) stop(); }, ms);
    },
  });
  return { button, stop };
}

export const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
