// The focal loss and its pull on the score against p_t, for a focus γ that the reader sets.
// State: gamma, p (the probability p_t that an answer gives the truth), hard (p_t of one hard answer).
import { COLORS, clamp, makeBars, makeFigure, makePlot, moveByKeys, numberText } from "../../../live/figure.js";

const RIGHT = Array.from({ length: 99 }, (_, k) => (k + 1) / 100);
const [MOST_LOSS, MOST_PULL] = [4.7, 1.7];

/** −(1 − p)^γ log p, and how fast the score of the truth lowers it. */
function focal(p, gamma) {
  const miss = 1 - p;
  const loss = -(miss ** gamma) * Math.log(p);
  return { loss, pull: miss ** gamma * (miss - gamma * p * Math.log(p)) };
}

/** Both curves, the answer that is pointed at, and how many like it weigh as much as a hard one. */
function numbers({ gamma, p, hard }) {
  const curve = RIGHT.map((right) => focal(right, gamma));
  const [here, plain] = [focal(p, gamma), focal(p, 0)];
  return {
    losses: curve.map(({ loss }) => loss), pulls: curve.map(({ pull }) => pull),
    loss: here.loss, pull: here.pull, plain_loss: plain.loss, plain_pull: plain.pull,
    as_hard: focal(hard, gamma).loss / here.loss, plain_as_hard: focal(hard, 0).loss / plain.loss,
  };
}

const settle = ({ p }) => ({ p: clamp(Math.round(p * 100) / 100, 0.01, 0.99) });

const HTML = `
<div class="plots" role="application" aria-roledescription="curves"
     aria-label="Left and right arrow keys move the answer, up and down change gamma">
  <div class="part output loss"><p class="title">loss</p></div>
  <div class="part gradient pull"><p class="title">pull on the score of the truth</p></div>
</div>
<div class="part output weigh"><p class="title">one answer at p_t = <span class="hard"></span> weighs as much as
  so many at the marked p_t</p></div>
<p class="line" aria-hidden="true"></p>`;

const CSS = `
.plots { display: grid; grid-template-columns: 1fr 1fr; gap: 1.2em; padding: .2em; margin-top: .2em; }
.weigh { margin: .3em .4em 0; }
.weigh .title { white-space: normal; }
.weigh .bar { grid-template-columns: 9em 1fr 4.5em; }
.line { margin: .4em .4em 0; min-height: 1.4em; }
@container (max-width: 640px) { .plots { grid-template-columns: 1fr; } }`;

function render(context) {
  const figure = makeFigure(context, {
    html: HTML,
    css: CSS,
    settle,
    controls: [
      { kind: "slider", name: "gamma", min: 0, max: 5, step: 0.5, label: "γ" },
      { kind: "slider", name: "p", min: 0.01, max: 0.99, step: 0.01, label: "p_t" },
    ],
  });
  const x = "p_t";
  const plots = {
    loss: makePlot(figure.find(".loss"), { x, y: "loss (nats)", label: "loss against p_t" }),
    pull: makePlot(figure.find(".pull"), { x, y: "pull", label: "pull on the score against p_t" }),
  };
  const bars = makeBars(figure.find(".weigh"), { labels: ["cross-entropy", "focal"] });
  moveByKeys(figure.find(".plots"), (rows, columns) => {
    const { gamma, p } = figure.state;
    figure.set({ gamma: clamp(gamma - rows / 2, 0, 5), p: clamp(p + columns / 100, 0.01, 0.99) });
  });
  const plain = numbers({ ...figure.state, gamma: 0 });
  figure.onChange((state) => {
    const shown = numbers(state);
    drawCurves(plots, state, shown, plain);
    drawBars(figure, bars, state, shown);
    write(figure, state, shown);
  });
}

const zip = (ys) => RIGHT.map((right, k) => [right, ys[k]]);

function drawCurves(plots, { p }, shown, plain) {
  const curves = (name) => [
    { points: zip(plain[name]), color: COLORS.input, dash: "" },
    { points: zip(shown[name]), color: COLORS.gradient, dash: "9 4" },
  ];
  plots.loss.draw(curves("losses"), { xs: [0, 1], ys: [0, MOST_LOSS], at: [p, shown.loss] });
  plots.pull.draw(curves("pulls"), { xs: [0, 1], ys: [0, MOST_PULL], at: [p, shown.pull] });
}

/** On a scale on which each bar length is ten times the one before: 1 is nothing, 10⁸ is full. */
function drawBars(figure, bars, { hard }, { plain_as_hard, as_hard }) {
  figure.find(".hard").textContent = numberText(hard);
  const scale = (count) => Math.max(Math.log10(count), 0);
  const text = (power) => (power === 0 ? "≤ 1" : countText(10 ** power));
  bars.draw([plain_as_hard, as_hard].map(scale), { limit: 8, text });
}

const countText = (count) =>
  count < 10 ? numberText(count, 1) : Math.round(count).toLocaleString("en-US").slice(0, 14);

function write(figure, { gamma, p }, shown) {
  const words = `At p_t = ${numberText(p)} with γ = ${numberText(gamma)}: `
    + `loss ${numberText(shown.loss, 4)} (cross-entropy ${numberText(shown.plain_loss, 4)}), `
    + `pull ${numberText(shown.pull, 4)} (cross-entropy ${numberText(shown.plain_pull, 4)}).`;
  figure.find(".line").innerHTML = `${words} <span class="quiet">Blue: cross-entropy. Red, dashed: focal.</span>`;
  figure.say(words);
}

export default { render, numbers };
