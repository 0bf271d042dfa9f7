"""network.js and training.js against numpy_nn: outputs, gradients, and training step by step."""

import numpy as np
import pytest
from browser.network_page import batch, open_network, small_cnn
from browser.nn_page import received

from course_lib import numpy_nn as nn
from course_lib.live import network_state, pack
from course_lib.parity.compare import TOLERANCES, relative_error

pytestmark = pytest.mark.browser
TOLERANCE = TOLERANCES["float32"]


@pytest.fixture(scope="module")
def page(browser):
    page = open_network(browser.new_page())
    yield page
    page.close()


def layers_of(network):
    """List the layers as the page counts them."""
    flat = []
    for layer in network.children().values():
        flat += layers_of(layer) if isinstance(layer, nn.Sequential) else [layer]
    return [layer for layer in flat if not isinstance(layer, nn.Dropout)]


FORWARD = """([state, x, training]) => {
  const network = network_js.makeNetwork(state);
  const outputs = network.forward(nn_js.unpack(x), { training });
  const buffers = network.layers.flatMap((layer) => Object.values(layer.buffers));
  return { outputs: outputs.map(write), buffers: buffers.map(write) };
}"""


@pytest.mark.parametrize("training", [False, True])
def test_every_layer_gives_what_numpy_gives(page, training):
    network, (x, _) = small_cnn(), batch(1)
    network(x)  # moves the running averages off 0 and 1
    found = page.evaluate(FORWARD, [network_state(network), pack(x), training])
    network.train(training)
    y = x
    for layer, output in zip(layers_of(network), found["outputs"], strict=True):
        y = layer(y)
        assert relative_error(received(output), y) <= TOLERANCE.output
    norm = layers_of(network)[1]
    for buffer, value in zip(found["buffers"], (norm.running_mean, norm.running_var), strict=True):
        assert relative_error(received(buffer), value) <= TOLERANCE.output


BACKWARD = """([state, x, grad_y, training]) => {
  const network = network_js.makeNetwork(state);
  const input = nn_js.unpack(x);
  const outputs = network.forward(input, { training });
  const back = (options) => network.backward(nn_js.unpack(grad_y), input, outputs, options);
  const grads = back({ training });
  return {
    grad_x: write(grads.grad_x),
    withoutX: back({ training, needs_grad_x: false }).grad_x,
    outputs: grads.outputs.map(write),
    parameters: grads.parameters.flatMap((layer) => Object.values(layer)).map(write),
  };
}"""


@pytest.mark.parametrize("training", [False, True])
def test_every_gradient_is_numpys(page, training):
    network, (x, _) = small_cnn(), batch(2)
    network(x)
    network.train(training)
    state = network_state(network)
    layers = layers_of(network)
    y = network(x)
    grad = np.random.default_rng(3).standard_normal(y.shape).astype(np.float32)
    found = page.evaluate(BACKWARD, [state, pack(x), pack(grad), training])
    for layer, output in zip(reversed(layers), reversed(found["outputs"]), strict=True):
        assert relative_error(received(output), grad) <= TOLERANCE.gradient
        grad = layer.backward(grad)
    assert relative_error(received(found["grad_x"]), grad) <= TOLERANCE.gradient
    assert found["withoutX"] is None
    pairs = zip(found["parameters"], network.parameters(), strict=True)
    errors = [relative_error(received(grads), parameter.grad) for grads, parameter in pairs]
    # The mean is taken off behind the first bias, so its gradient is rounding only.
    del errors[1 : 1 + training]
    assert max(errors) <= TOLERANCE.gradient


TRAIN = """([state, x, target, optimizer, options, steps]) => {
  const network = network_js.makeNetwork(state);
  const descent = training_js[optimizer](network, options);
  const [images, classes] = [x, target].map(nn_js.unpack);
  const step = () => training_js.trainStep(network, descent, images, classes).loss;
  return Array.from({ length: steps }, step);
}"""
OPTIMIZERS = {
    "plain": ("makeSgd", nn.SGD, {"learning_rate": 0.1}),
    "momentum": ("makeSgd", nn.SGD, {"learning_rate": 0.05, "momentum": 0.9, "weight_decay": 0.01}),
    "adam": ("makeAdam", nn.Adam, {"learning_rate": 0.01, "weight_decay": 0.01}),
}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_loss_after_50_steps_is_numpys(page, name):
    made, twin, options = OPTIMIZERS[name]
    network, (x, target) = small_cnn(), batch(4, count=12)
    sent = [network_state(network), pack(x), pack(target), made, options, 50]
    found = page.evaluate(TRAIN, sent)
    loss, optimizer = nn.CrossEntropyLoss(), twin(network.parameters(), **options)
    expected = []
    for _ in range(50):
        expected.append(float(loss(network(x), target)))
        network.zero_grad()
        network.backward(loss.backward(), needs_grad_x=False)
        optimizer.step()
    np.testing.assert_allclose(found, expected, atol=1e-4)
    assert found[-1] < 0.3 * found[0]


def test_random_weights_are_spread_as_a_fresh_network(page):
    network = small_cnn()
    found = page.evaluate(
        """(state) => {
          const network = network_js.makeNetwork(state);
          const draw = () => {
            training_js.randomize(network, training_js.makeRandom(7));
            return training_js.parametersOf(network).map(({ value }) => Array.from(value.data));
          };
          return [draw(), draw()];
        }""",
        network_state(network),
    )
    assert found[0] == found[1]
    weight, bias, gamma, beta = (np.array(numbers) for numbers in found[0][:4])
    limit = 1 / np.sqrt(2 * 3 * 3)
    assert 0.9 * limit < np.abs(weight).max() < limit
    assert abs(weight.mean()) < 0.2 * limit and np.abs(bias).max() < limit
    assert set(gamma) == {1} and set(beta) == {0}


FIELD = """([state, layer, place, shape]) => {
  const { layers } = network_js.makeNetwork(state);
  return network_js.fieldOf(layers, layer, place, shape);
}"""


@pytest.mark.parametrize("layer, place", [(0, (2, 3)), (3, (1, 2)), (4, (1, 0)), (7, (0, 0))])
def test_field_of_a_number_is_where_a_change_reaches_it(page, layer, place):
    network, (x, _) = small_cnn().eval(), batch(5, count=1)
    layers = layers_of(network)
    reached = np.zeros(x.shape[2:], bool)

    def value(image):
        for module in layers[: layer + 1]:
            image = module(image)
        return image[0, :, place[0], place[1]] if image.ndim == 4 else image[0]

    before = value(x)
    for row, column in np.ndindex(*x.shape[2:]):
        changed = x.copy()
        changed[0, :, row, column] += 100
        reached[row, column] = not np.array_equal(value(changed), before)
    found = page.evaluate(FIELD, [network_state(network), layer, list(place), list(x.shape[2:])])
    rows, columns = (np.flatnonzero(reached.any(axis)) for axis in (1, 0))
    clipped = [max(found["row"], 0), max(found["column"], 0)]
    last = [found["row"] + found["height"] - 1, found["column"] + found["width"] - 1]
    assert clipped == [rows[0], columns[0]]
    assert np.minimum(last, np.array(x.shape[2:]) - 1).tolist() == [rows[-1], columns[-1]]


def test_a_layer_that_no_page_has_is_told(page):
    state = {"layers": [{"op": "dropout"}]}
    text = page.evaluate(
        "(s) => { try { network_js.makeNetwork(s); } catch (error) { return error.message; } }",
        state,
    )
    assert "no layer dropout" in text
