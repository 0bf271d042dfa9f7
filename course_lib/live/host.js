// Stands in for a Jupyter kernel: mounts a figure where none is.

/** A model as anywidget's, that only remembers its values and tells when one changes. */
export function makeModel(state) {
  const values = { ...state, names: Object.keys(state) };
  const listeners = new Map();
  const tell = (event) => listeners.get(event)?.forEach((listener) => listener());
  return {
    get: (name) => values[name],
    set(name, value) {
      if (values[name] === value) return;
      values[name] = value;
      tell(`change:${name}`);
      tell("change");
    },
    save_changes() {},
    on(event, listener) {
      if (!listeners.has(event)) listeners.set(event, new Set());
      listeners.get(event).add(listener);
    },
    off: (event, listener) => listeners.get(event)?.delete(listener),
  };
}

/** The present values by name, apart from those of constant data. */
export const stateOf = (model) => Object.fromEntries(model.get("names").map((name) => [name, model.get(name)]));

// What a reader has set stays set when JupyterLab draws the same output anew.
const places = (globalThis.courseFigurePlaces ??= new Map());

/** Draw a figure into every element that waits for it; the still that stood there is then hidden. */
export function mount(key, figure, state) {
  for (const el of document.querySelectorAll(`[data-figure="${key}"]:not([data-mounted])`)) {
    el.dataset.mounted = "";
    const model = makeModel(places.get(key) ?? state);
    model.on("change", () => places.set(key, stateOf(model)));
    el.live = { model, state: () => stateOf(model), numbers: () => figure.numbers(stateOf(model)) };
    el.setAttribute("role", "figure");
    el.setAttribute("aria-label", el.querySelector("img")?.alt ?? "");
    try {
      figure.render({ model, el });
    } catch (error) {
      const root = el.shadowRoot ?? el.attachShadow({ mode: "open" }); // its slot shows the still
      root.innerHTML = '<slot></slot><p role="alert"></p>';
      root.lastChild.textContent = `The live figure could not be drawn: ${error.message}`;
      throw error;
    }
  }
}
