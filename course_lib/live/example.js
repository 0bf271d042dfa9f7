// The smallest live figure, to copy: a slider, and the square of its number.
import { makeFigure, makeMatrix } from "./figure.js";

/** All that the figure shows, from the values it is set to; a test holds it to NumPy. */
const numbers = ({ n }) => ({ square: n * n });

function render(context) {
  const figure = makeFigure(context, {
    controls: [{ kind: "slider", name: "n", min: -9, max: 9 }],
    html: '<div class="row"><div class="part output"><p class="title">n × n</p></div></div>',
  });
  const cell = makeMatrix(figure.find(".output"), { label: "the square" });
  figure.onChange((state) => {
    const { square } = numbers(state);
    cell.draw([[square]], { colors: "signed", limit: 81 });
    figure.say(`${state.n} squared is ${square}.`);
  });
}

export default { render, numbers };
