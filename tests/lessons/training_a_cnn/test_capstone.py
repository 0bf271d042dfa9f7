"""train_with: the reader's own parts are used, named and, where they are wrong, refused."""

from types import ModuleType, SimpleNamespace

import numpy as np
import pytest
import torch

from course_lib import numpy_nn
from course_lib.lessons.training_a_cnn import capstone, experiments
from course_lib.lessons.training_a_cnn.parts import PARTS, fault_of

NAMES = tuple(part.name for part in PARTS)
PACKAGE = SimpleNamespace(**{part.name: part.package for part in PARTS})


# As a reader writes them: loops, NumPy, nothing of the package.


def correlate(image, kernel):
    height, width = np.subtract(image.shape, kernel.shape) + 1
    y = np.zeros((height, width))
    for i in range(height):
        for j in range(width):
            y[i, j] = (image[i : i + kernel.shape[0], j : j + kernel.shape[1]] * kernel).sum()
    return y


def relu(z):
    return np.maximum(z, 0)


def relu_backward(grad_y, z):
    return grad_y * (z > 0)


def corners(x):
    return np.stack([x[:, :, i::2, j::2] for i in (0, 1) for j in (0, 1)])


def max_pool(x):
    return corners(x).max(axis=0)


def max_pool_backward(grad_y, x):
    winner, grad_x = corners(x).argmax(axis=0), np.zeros_like(x)
    for place in range(4):
        grad_x[:, :, place // 2 :: 2, place % 2 :: 2] = grad_y * (winner == place)
    return grad_x


def dense(h, W, b):
    return h @ W.T + b


def dense_backward(delta, h, W):
    return delta @ W, delta.T @ h, delta.sum(axis=0)


def probabilities(z):
    powers = np.exp(z - z.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def cross_entropy(z, target):
    return -np.log(probabilities(z)[np.arange(len(z)), target]).mean()


def cross_entropy_backward(z, target):
    return (probabilities(z) - np.eye(z.shape[1])[target]) / len(z)


def momentum_step(weight, grad, velocity, learning_rate, momentum):
    velocity = momentum * velocity + grad
    return np.stack([weight - learning_rate * velocity, velocity])


OWN = {
    "correlate": correlate, "grad_weight": correlate, "relu": relu, "relu_backward": relu_backward,
    "max_pool": max_pool, "max_pool_backward": max_pool_backward, "dense": dense,
    "dense_backward": dense_backward, "cross_entropy": cross_entropy,
    "cross_entropy_backward": cross_entropy_backward, "momentum_step": momentum_step,
}  # fmt: skip
SLIPS = {
    "correlate": lambda image, kernel: correlate(image, kernel[::-1, ::-1]),
    "grad_weight": lambda image, grad_y: correlate(image, grad_y)[::-1, ::-1],
    "relu": abs,
    "relu_backward": lambda grad_y, z: np.maximum(grad_y, 0),
    "max_pool": lambda x: corners(x).mean(axis=0),
    "max_pool_backward": lambda grad_y, x: np.repeat(np.repeat(grad_y, 2, axis=2), 2, axis=3),
    "dense": lambda h, W, b: h @ W.T,
    "dense_backward": lambda delta, h, W: (delta @ W, delta.T @ h, delta.mean(axis=0)),
    "cross_entropy": lambda z, target: len(z) * cross_entropy(z, target),
    "cross_entropy_backward": lambda z, target: len(z) * cross_entropy_backward(z, target),
    "momentum_step": lambda w, g, v, rate, m: np.stack([w - rate * v, m * v + g]),
}


def refuse_to_train(monkeypatch):
    def stop(*inputs):
        pytest.fail("training has begun")

    monkeypatch.setattr(capstone, "training_step", stop)


def test_a_network_of_own_parts_alone_reads_digits(capsys):
    assert set(OWN) == set(NAMES)
    trained = experiments.train_with(OWN)
    assert (trained.own, trained.from_package) == (NAMES, ())
    assert trained.test_accuracy >= 0.95
    assert np.mean(trained.losses[:20]) > 1 and np.mean(trained.losses[-20:]) < 0.3
    shown = capsys.readouterr().out
    assert f"yours: {', '.join(NAMES)}\nfrom the package: none\n" in shown
    assert f"11 of 11 parts yours: {', '.join(NAMES)}" in str(trained)


def test_what_is_not_written_comes_from_the_package(capsys):
    def max_pool(x):
        """Return None: to be written."""
        return None

    mine = {"relu": relu, "dense": dense, "correlate": ..., "cross_entropy": None}
    trained = experiments.train_with({**mine, "max_pool": max_pool}, epochs=1)
    assert trained.own == ("relu", "dense")
    assert set(trained.own + trained.from_package) == set(NAMES)
    assert "yours: relu, dense\nfrom the package: correlate, grad_weight" in capsys.readouterr().out


@pytest.mark.parametrize("nothing", [None, {}, SimpleNamespace()], ids=["none", "dict", "space"])
def test_with_nothing_the_package_trains_alone(nothing, capsys, monkeypatch):
    monkeypatch.setattr(capstone, "training_step", lambda *inputs: 0.5)
    trained = experiments.train_with(nothing, epochs=1)
    assert (trained.own, trained.from_package) == ((), NAMES)
    assert "yours: none yet" in capsys.readouterr().out
    assert "0 of 11 parts yours: none" in str(trained)


def test_own_parts_are_called_and_change_nothing():
    calls = []

    def counted(z):
        calls.append(z.shape)
        return relu(z)

    ours = experiments.train_with({"relu": counted}, epochs=1, progress=False)
    theirs = experiments.train_with(epochs=1, progress=False)
    assert calls.count((8, 8, 6, 6)) == 162  # once a step, but for the last batch of one image
    assert ours.losses == pytest.approx(theirs.losses, rel=1e-6)
    assert ours.test_accuracy == theirs.test_accuracy


def test_a_module_brings_what_it_has_under_these_names(monkeypatch):
    monkeypatch.setattr(capstone, "training_step", lambda *inputs: 0.5)
    mine = ModuleType("mine")
    mine.relu, mine.helper, mine.correlate = relu, 3, None
    assert experiments.train_with(mine, epochs=1, progress=False).own == ("relu",)


@pytest.mark.parametrize("name", NAMES)
def test_a_wrong_part_is_named_before_any_training(name, monkeypatch):
    refuse_to_train(monkeypatch)
    call = next(part.call for part in PARTS if part.name == name)
    with pytest.raises(ValueError, match="nothing was trained") as caught:
        experiments.train_with({**OWN, name: SLIPS[name]})
    named = [
        line for line in str(caught.value).splitlines() if line.startswith("  ") and "case" in line
    ]
    assert len(named) == 1 and named[0].startswith(f"  {call}: case 1 of ")


def test_all_wrong_parts_are_named_together(monkeypatch):
    refuse_to_train(monkeypatch)
    with pytest.raises(ValueError, match=r"(?s)correlate\(image.*relu\(z\): .*dense_backward\("):
        experiments.train_with(
            {name: SLIPS[name] for name in ("relu", "dense_backward", "correlate")}
        )


@pytest.mark.parametrize(
    "function, text",
    [
        (3, "received int, not a function"),
        (lambda z: z.undefined, "stopped with AttributeError"),
        (lambda z: z.clip(0)[0], "received an array of shape"),
        (lambda z: np.maximum(z, 0, out=z), "changed its input number 1"),
        (lambda z: print(end=""), "what is printed is not given back"),
    ],
    ids=["number", "error", "shape", "in place", "prints"],
)
def test_what_is_wrong_is_said(function, text):
    [part] = [part for part in PARTS if part.name == "relu"]
    assert text in fault_of(part, function)


def test_one_of_several_results_is_named():
    [part] = [part for part in PARTS if part.name == "dense_backward"]
    assert "slopes of b: at index 0" in fault_of(part, SLIPS["dense_backward"])
    assert "stopped with IndexError" in fault_of(part, lambda delta, h, W: [delta @ W])


def test_tensors_are_accepted():
    [part] = [part for part in PARTS if part.name == "relu"]
    assert fault_of(part, lambda z: torch.relu(torch.from_numpy(z))) is None


def test_a_name_that_is_no_part_is_refused():
    with pytest.raises(ValueError, match=r"'rellu'; it needs the names correlate, grad_weight"):
        experiments.train_with({"rellu": relu})


def test_one_step_equals_that_of_numpy_nn():
    rng = np.random.default_rng(seed=0)
    w, x, target = capstone.fresh_weights(3), rng.random((5, 1, 8, 8)), np.array([3, 1, 4, 1, 5])
    layers = numpy_nn.Sequential(
        numpy_nn.Conv2d(1, 8, 3, generator=rng), numpy_nn.ReLU(), numpy_nn.MaxPool2d(2),
        numpy_nn.Flatten(), numpy_nn.Linear(72, 64, generator=rng), numpy_nn.ReLU(),
        numpy_nn.Linear(64, 10, generator=rng),
    ).astype("float64")  # fmt: skip
    flat = [w["K"][:, None], w["b0"], w["W1"], w["b1"], w["W2"], w["b2"]]
    for parameter, values in zip(layers.parameters(), flat, strict=True):
        parameter.data[...] = values
    loss = numpy_nn.CrossEntropyLoss()
    expected = loss(layers(x), target)
    layers.backward(loss.backward(), needs_grad_x=False)
    kept = capstone.forward(PACKAGE, w, x)
    grads = capstone.backward(PACKAGE, w, x, target, kept)
    assert PACKAGE.cross_entropy(kept.logits, target) == pytest.approx(expected, rel=1e-12)
    names = ("K", "b0", "W1", "b1", "W2", "b2")
    for name, parameter in zip(names, layers.parameters(), strict=True):
        grad = parameter.grad.reshape(grads[name].shape)
        np.testing.assert_allclose(grads[name], grad, rtol=1e-9, atol=1e-12)


@pytest.mark.slow
def test_own_parts_reach_it_from_other_starts():
    accuracies = [
        experiments.train_with(OWN, seed=seed, progress=False).test_accuracy for seed in (3, 4, 5)
    ]
    assert min(accuracies) >= 0.95
