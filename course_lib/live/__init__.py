"""Live figures: interactive without a kernel, in JupyterLab, slides, pages and HTML alike.

A figure is one plain JavaScript module (ES2022, no framework) in
`course_lib/lessons/<slug>/live/<name>.js`, and a Python function in
`course_lib/lessons/<slug>/live.py` that gives it its data:

    MODULES = Path(__file__).with_name("live")

    def sliding_kernel(image, kernels):
        state = {"image": image, "row": 0, ...}
        still = figures.show_sliding_step(image, ...)
        return Figure(MODULES / "sliding_kernel.js", state, still=still, words="A digit under ...")

The module computes with `nn.js`, the third twin of `numpy_ops`: the same names, arguments and
defaults, forward and backward, held to NumPy on the parity cases. It draws with `figure.js`:

    import { makeFigure, makeMatrix, moveByKeys } from "../../../live/figure.js";
    import { conv2d, fromNested, reshape, toNested } from "../../../live/nn.js";

    function numbers({ image, kernel, stride }) { ... return { output, sum }; }

    function render(context) {
      const figure = makeFigure(context, { controls, html, css, settle });
      const output = makeMatrix(figure.find(".output"), { label: "output" });
      figure.onChange((state) => {
        output.draw(numbers(state).output, { colors: "signed" });
        figure.say("In words: what the figure shows now.");
      });
    }

    export default { render, numbers };

`numbers(state)` is a pure function of the values by name: it returns all numbers that are shown,
as numbers, nested lists or tensors. `render` draws what it returns, and nothing else.

What figure.js offers:

`makeFigure(context, { controls, html, css, settle })`
    opens the frame. It gives `state`, `set(changes)`, `onChange(draw)`, `say(words)`,
    `find(selector)` and `add(control)`. `settle(state)` returns changes that make a state
    possible again, such as another row where the chosen one is no more.
Controls
    `{ kind: "slider", name, min, max, step, label }`, `"choice"` with `options`, `"switch"`, and
    `"button"` with `label, press`. `then(value)` returns changes that go with this one.
`makeMatrix(place, { width, cell, point, edit, label })`
    a grid of numbers: `draw(rows, { colors, limit, digits, hidden, padding })` and `mark(boxes)`;
    `point(row, column)` follows the mouse, with `edit(row, column, value)` cells are typed in.
`makeBars(place, { labels, signed })`
    bars, a row each: `draw(values, { limit, best, text })`.
`makePlot(place, { x, y, label })`
    curves with axes: `draw(curves, { xs, ys, at })`.
`paintMap(canvas, values, [rows, columns], { colors, limit })`
    a map, one pixel a number.
`moveByKeys(element, move)`, `addPlayer(figure, { label, step, ms })`
    arrow keys while the element has the focus; a button that takes steps until it is pressed again.
`numberText`, `COLORS`, `CURVES`, `largest`, `clamp`
    numbers as text, and colors, as `course_lib.plots` has them.

A small CNN comes into a state by `network_state(sequential)`. `makeNetwork(state)` of network.js
makes it run: `layers`, `forward(x)` with what every layer gives, `backward(grad_y, x, outputs)`
with the gradient of everything; `windowOf` and `fieldOf` say what a number was made of.
`trainStep`, `makeSgd`, `makeAdam` and `randomize` of training.js train it in the page.

Classes `input`, `kernel`, `output` and `gradient` on a `.part` give its frame and title their
colors; `.row` sets parts side by side and wraps them on a narrow page. Sizes are in em.

`architecture(module, input_shape, title=...)` draws any network as a row of blocks, each with its
costs and its receptive field. `microscope(network)` shows any small CNN while the reader draws;
`save_microscope` writes it as a page of its own.

The live.py of a lesson ends with `TRIALS`, one `Trial` a figure: how to make one, and the NumPy
function that `numbers` must equal. The tests then try the figure in a browser: every control at
its ends, keys, words, requests, errors, accessibility, and the numbers. `example.js` here is the
smallest complete figure.
"""

from course_lib.live.architecture_figure import architecture
from course_lib.live.bundling import bundle
from course_lib.live.figures import Figure, Trial, pack, unpack
from course_lib.live.microscope_figure import microscope, save_microscope
from course_lib.live.network import network_state

__all__ = [
    "Figure", "Trial", "architecture", "bundle", "microscope", "network_state", "pack",
    "save_microscope", "unpack",
]  # fmt: skip
