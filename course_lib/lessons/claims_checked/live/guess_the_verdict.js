// A quiz: guess the verdict on each claim; the score, its spread, and which verdicts were mixed up.
// State: claims [{ says, topic, verdict, correct, number, notebook, source }], verdicts (names), topics
// (the first stands for all), topic, at (place of the claim that is asked), guesses (-1: none yet).
import { clamp, makeFigure, moveByKeys, numberText } from "../../../live/figure.js";

const NONE = -1;

/** The places of the claims of the chosen topic. */
const chosen = ({ claims, topics, topic }) =>
  claims.flatMap((one, k) => (topic === topics[0] || one.topic === topic ? [k] : []));

/** Where the claim stands, the score with its spread, and true verdicts (rows) by guesses. */
function numbers(state) {
  const { claims, verdicts, guesses, at } = state;
  const shown = chosen(state);
  const table = verdicts.map(() => verdicts.map(() => 0));
  for (const k of shown) if (guesses[k] !== NONE) table[claims[k].verdict][guesses[k]] += 1;
  const sums = table.map((row) => row.reduce((sum, count) => sum + count, 0));
  const answered = sums.reduce((sum, count) => sum + count, 0);
  const right = table.reduce((sum, row, k) => sum + row[k], 0);
  const share = answered ? right / answered : 0;
  return {
    place: shown.filter((k) => k <= at).length, total: shown.length, answered, right, share,
    spread: answered ? Math.sqrt((share * (1 - share)) / answered) : 0,
    commonest: answered ? Math.max(...sums) / answered : 0,
    table,
  };
}

/** Ask a claim of the chosen topic. */
function settle(state) {
  const shown = chosen(state);
  return shown.includes(state.at) ? {} : { at: shown[0] };
}

const HTML = `
<div class="card" role="group" aria-label="A claim: left and right arrow keys go to another one">
  <p class="place quiet"></p><p class="says"></p></div>
<div class="verdicts" role="group" aria-label="your verdict"></div>
<div class="told"><p class="verdict"></p><p class="correct"></p><p class="number quiet"></p></div>
<div class="row"><p class="score"></p>
  <table><caption>your guesses, a row for each true verdict</caption><thead></thead><tbody></tbody></table></div>`;

const CSS = `
.card { border: .12em solid #767676; border-radius: .4em; padding: .4em .8em; margin-top: .3em; }
.card p { margin: 0; } .says { font-size: 1.25em; font-weight: 600; min-height: 2.6em; margin-top: .15em !important; }
.verdicts { display: flex; flex-wrap: wrap; gap: .5em; margin: .5em 0; }
.told { min-height: 6.6em; } .told p { margin: .15em 0; } .verdict { font-weight: 700; min-height: 1.3em; }
.score { max-width: 25em; margin: .2em 0; }
table { border-collapse: collapse; } caption { text-align: left; color: var(--quiet); }
th { font-weight: 400; padding: 0 .5em; text-align: right; } thead th { text-align: center; }
td { border: .06em solid #bbbbbb; text-align: center; min-width: 2.6em; } td.same { background: #d5efe5; font-weight: 700; }
@container (max-width: 700px) { table { font-size: .8em; } .told { min-height: 9em; } }
@container (max-width: 420px) { table { font-size: .62em; } th { padding: 0 .2em; } td { min-width: 1.6em; } }`;

function render(context) {
  const { verdicts, topics } = Object.fromEntries(["verdicts", "topics"].map((name) => [name, context.model.get(name)]));
  const figure = makeFigure(context, {
    html: HTML,
    css: CSS,
    settle,
    controls: [
      { kind: "choice", name: "topic", options: topics },
      { kind: "button", label: "←", describe: "the claim before", press: () => go(figure, -1) },
      { kind: "button", label: "→", describe: "the next claim", press: () => go(figure, 1) },
      { kind: "button", label: "next open", press: () => goOn(figure) },
      { kind: "button", label: "start again", press: () => figure.set({ guesses: figure.state.guesses.map(() => NONE), at: 0 }) },
    ],
  });
  moveByKeys(figure.find(".card"), (down, right) => go(figure, down + right));
  const buttons = verdicts.map((name, k) => {
    const button = Object.assign(document.createElement("button"), { textContent: name });
    button.addEventListener("click", () => guess(figure, k));
    return figure.find(".verdicts").appendChild(button);
  });
  const cells = makeTable(figure, verdicts);
  figure.onChange((state) => {
    const shown = numbers(state);
    ask(figure, buttons, state, shown);
    tell(figure, state);
    keepScore(figure, cells, shown);
    speak(figure, state, shown);
  });
}

function makeTable(figure, verdicts) {
  const short = verdicts.map((name) => name.replace("right with a condition", "condition").replace("not shown here", "not shown"));
  figure.find("thead").innerHTML = `<tr><td style="border: 0"></td>${short.map((name) => `<th scope="col">${name}</th>`).join("")}</tr>`;
  return short.map((name, r) => {
    const row = figure.find("tbody").insertRow();
    row.innerHTML = `<th scope="row">${name}</th>`;
    return short.map((_, c) => Object.assign(row.insertCell(), { className: r === c ? "same" : "" }));
  });
}

/** Go some claims on within the topic. */
function go(figure, step) {
  const shown = chosen(figure.state);
  const place = shown.indexOf(figure.state.at) + step;
  figure.set({ at: shown[clamp(place, 0, shown.length - 1)] });
}

/** Go to the next claim without a guess, from here on and around. */
function goOn(figure) {
  const { at, guesses } = figure.state;
  const open = chosen(figure.state).filter((k) => guesses[k] === NONE);
  if (open.length) figure.set({ at: open.find((k) => k > at) ?? open[0] });
}

/** Take a guess; the first one counts. */
function guess(figure, verdict) {
  const { guesses, at } = figure.state;
  if (guesses[at] === NONE) figure.set({ guesses: guesses.map((old, k) => (k === at ? verdict : old)) });
}

function ask(figure, buttons, { claims, guesses, at }, { place, total }) {
  const one = claims[at];
  figure.find(".place").textContent = `${place} of ${total} · ${one.topic}`;
  figure.find(".says").textContent = one.says;
  buttons.forEach((button, k) => button.setAttribute("aria-pressed", String(guesses[at] === k)));
}

const verdictOf = ({ claims, verdicts, guesses, at }) =>
  `${guesses[at] === claims[at].verdict ? "✓ Yes" : "✗ No"}: ${verdicts[claims[at].verdict]}.`;

const numberOf = ({ number, notebook, source }) =>
  `${number ? `Measured: ${number}.` : "Measured by training."} Notebook ${notebook}. ${source}.`;

function tell(figure, state) {
  const one = state.claims[state.at];
  const open = state.guesses[state.at] === NONE;
  figure.find(".verdict").textContent = open ? "Your verdict?" : verdictOf(state);
  figure.find(".correct").textContent = open ? "" : one.correct;
  figure.find(".number").textContent = open ? "" : numberOf(one);
}

const percent = (share) => `${Math.round(100 * share)} %`;

const scoreText = ({ answered, right, share, spread, commonest }) =>
  answered
    ? `${right} of ${answered} right: ${percent(share)} ± ${numberText(100 * spread, 0)} points. `
      + `Always to say the commonest verdict of these would give ${percent(commonest)}.`
    : "No guess yet.";

function keepScore(figure, cells, shown) {
  figure.find(".score").textContent = scoreText(shown);
  shown.table.forEach((row, r) => row.forEach((count, c) => { cells[r][c].textContent = count || "·"; }));
}

function speak(figure, state, shown) {
  const { claims, guesses, at } = state;
  const answer = guesses[at] === NONE ? "" : `${verdictOf(state)} ${claims[at].correct} `;
  figure.say(`Claim ${shown.place} of ${shown.total}: ${claims[at].says} ${answer}${scoreText(shown)}`);
}

export default { render, numbers };
