// What a convolutional layer and fully connected ones cost on the same image.
// State: size and channels of the image, filters and kernel of the convolution, units of the dense
// layer.
import { makeFigure } from "../../../live/figure.js";
import { output_size } from "../../../live/nn.js";

const COUNTS = ["parameters", "outputs", "multiply-adds"];
const LAYERS = [
  { role: "shared", label: "convolution" },
  { role: "dense", label: "dense" },
  { role: "same", label: "dense, as many outputs" },
];
const LONGEST = 14; // powers of ten on the axis, from 1

/** Parameters, outputs and multiply-adds of the convolution, the dense layer, and one as large. */
function numbers({ size, channels, filters, kernel, units }) {
  const pixels = channels * size ** 2;
  const window = channels * kernel ** 2;
  const outputs = filters * output_size(size, kernel) ** 2;
  const dense = (count) => [pixels * count + count, count, pixels * count];
  return { shared: [filters * (window + 1), outputs, outputs * window], dense: dense(units), same: dense(outputs) };
}

const settle = ({ size, kernel }) => ({ kernel: Math.min(kernel, size) });

const group = (count) => `<div class="count"><p class="title">${count}</p>${LAYERS.map(({ role, label }) =>
  `<div class="cost ${role}"><span>${label}</span><span class="length"><i></i><b></b></span></div>`).join("")}</div>`;
const POWERS = ["1", "10³", "10⁶", "10⁹", "10¹²"]; // every third one
const AXIS = POWERS.map((text, k) => `<span style="left: ${(300 * k) / LONGEST}%">${text}</span>`);

const HTML = `<p class="shape"></p>${COUNTS.map(group).join("")}
<div class="cost axis"><span></span><span class="length">${AXIS.join("")}</span></div>
<p class="compare"></p>`;
const CSS = `
.shape { margin: .4em 0 0; font-size: 1.1em; } .count { margin-top: .55em; } .count .title { margin: 0 0 .1em; }
.cost { display: grid; grid-template-columns: 14em 1fr; align-items: center; gap: .8em; height: 1.75em; }
.cost > span:first-child { text-align: right; }
.length { position: relative; height: 1.3em; margin-right: 4em;
  background: repeating-linear-gradient(90deg, #ccc 0 1px, transparent 1px ${300 / LONGEST}%); }
.cost i { position: absolute; left: 0; top: .1em; height: 1.1em; }
.cost b { position: absolute; top: 0; margin: 0 .3em; padding: 0 .2em; white-space: nowrap; background: #fff; }
.shared i { background: var(--kernel); }
.dense i { background: repeating-linear-gradient(60deg, #CC79A7 0 .5em, #e7bcd3 .5em .75em); }
.same i { background: repeating-linear-gradient(120deg, #595959 0 .5em, #a5a5a5 .5em .75em); }
.axis .length { background: none; } .axis span span { position: absolute; transform: translateX(-50%); white-space: nowrap; }
.compare { margin: .6em 0 0; min-height: 2.7em; } .compare b { color: #00694d; }
@container (max-width: 700px) { .cost { grid-template-columns: 10.5em 1fr; } .cost > span:first-child { line-height: 1; }
  .cost { height: 2.2em; } .length { margin-right: 3em; } }`;

const whole = (count) => count.toLocaleString("en-US");

function render(context) {
  const slider = (name, min, max) => ({ kind: "slider", name, min, max });
  const figure = makeFigure(context, {
    html: HTML,
    css: CSS,
    settle,
    controls: [
      slider("size", 8, 256), slider("channels", 1, 64), slider("filters", 1, 128),
      slider("kernel", 1, 15), slider("units", 1, 1000),
    ],
  });
  figure.onChange((state) => {
    const shown = numbers(state);
    draw(figure, shown);
    write(figure, state, shown);
  });
}

/** Bars on a logarithmic axis: ten times as many is one step further. */
function draw(figure, shown) {
  for (const { role } of LAYERS) {
    figure.root.querySelectorAll(`.${role}`).forEach((row, k) => {
      const share = Math.log10(shown[role][k]) / LONGEST;
      const place = `${100 * share}%`;
      row.querySelector("i").style.width = place;
      Object.assign(row.querySelector("b").style, { left: place, transform: share > 0.6 ? "translateX(-100%)" : "" });
      row.querySelector("b").textContent = whole(shown[role][k]);
    });
  }
}

function write(figure, { size, channels, filters, kernel, units }, { shared, dense, same }) {
  figure.find(".shape").textContent = `image ${channels} × ${size} × ${size} · `
    + `${filters} filters ${kernel} × ${kernel} · dense layer with ${units} units`;
  const times = same[0] / shared[0];
  const more = times < 10 ? times.toFixed(1) : whole(Math.round(times));
  figure.find(".compare").innerHTML = `For as many outputs, the dense layer needs <b>${more} times</b> the parameters of the convolution, `
    + `and ${whole(Math.round(same[2] / shared[2]))} times the multiply-adds.`;
  const told = LAYERS.map(({ role, label }, k) => {
    const [parameters, outputs, products] = [shared, dense, same][k].map(whole);
    return `${label}: ${parameters} parameters, ${outputs} outputs, ${products} multiply-adds`;
  });
  figure.say(`On ${size} by ${size} pixels with ${channels} channels, ${told.join("; ")}.`);
}

export default { render, numbers };
