"""The microscope in Python: its network, networks of the reader, files, and what is refused."""

import json
from itertools import pairwise

import numpy as np
import pytest
import torch
from live.strokes import points_of
from torch import nn

from course_lib import datasets, numpy_nn
from course_lib.cli import main
from course_lib.live import microscope, save_microscope
from course_lib.live.ink import as_drawings, centered
from course_lib.live.microscope_figure import WEIGHTS, microscope_numbers, run
from course_lib.training.checkpoints import save_checkpoint
from course_lib.training.command import small_cnn

SHIPPED = json.loads(WEIGHTS.read_text(encoding="utf-8"))["layers"]
RNG = np.random.default_rng(seed=0)


def right_on(x, labels):
    return (run(SHIPPED, x.astype(np.float32)[:, None])[-1].argmax(axis=1) == labels).mean()


def test_the_shipped_network_reads_digits_it_has_not_seen(capsys):
    digits = datasets.load("digits")
    share = right_on(as_drawings(digits.x_test[:, 0]), digits.y_test)
    with capsys.disabled():
        print(f"\n  the microscope reads {share:.1%} of {len(digits.y_test)} unseen digits")
    assert share >= 0.97


def pen(strokes, size=28, radius=1.9, soft=1.2):
    """Ink by the distance to the strokes, as drawLine of ink.js."""
    y, x = np.mgrid[:size, :size] + 0.5
    ink = np.zeros((size, size))
    for a, b in (ends for stroke in strokes for ends in pairwise(stroke)):
        d = b - a
        t = np.clip(((x - a[0]) * d[0] + (y - a[1]) * d[1]) / ((d**2).sum() or 1), 0, 1)
        distance = np.hypot(x - a[0] - t * d[0], y - a[1] - t * d[1])
        ink = np.maximum(ink, np.clip((radius + soft - distance) / (2 * soft), 0, 1))
    return ink


def test_it_reads_drawings_of_a_pen_if_they_are_centered(capsys):
    rng = np.random.default_rng(seed=8)
    labels = np.arange(400) % 10
    drawn = [pen(points_of(digit, rng)) for digit in labels]
    plain = right_on(np.array(drawn), labels)
    share = right_on(np.array([centered(ink) for ink in drawn]), labels)
    with capsys.disabled():
        print(f"\n  of 400 pen drawings: {share:.1%} centered, {plain:.1%} as they are")
    assert share >= 0.85
    assert plain < share - 0.2


def test_the_weights_are_small():
    assert WEIGHTS.stat().st_size < 100_000


def own(size=20):
    return numpy_nn.Sequential(
        numpy_nn.Conv2d(1, 3, 3, generator=RNG), numpy_nn.Tanh(), numpy_nn.MaxPool2d(2),
        numpy_nn.Flatten(), numpy_nn.Linear(3 * ((size - 2) // 2) ** 2, 4, generator=RNG),
        numpy_nn.Softmax(axis=1),
    )  # fmt: skip


def test_an_own_network_is_shown_with_the_size_that_fits_it():
    network = own(20)
    figure = microscope(network, class_names=["a", "b", "c", "d"])
    assert (figure.state["size"], figure.state["classes"]) == (20, ["a", "b", "c", "d"])
    shown = microscope_numbers(figure.state)
    x = shown["x"].astype(np.float32)
    np.testing.assert_allclose(shown["probabilities"], network.eval()(x), atol=1e-6)


class Chain(nn.Module):
    """A network as people write it: layers by name, functions between them."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3, padding=1)
        self.norm = nn.BatchNorm2d(4)
        self.dense = nn.Sequential(nn.Dropout(), nn.Linear(4 * 9 * 9, 5))

    def forward(self, x):
        x = torch.relu(self.norm(self.conv(x)))
        x = nn.functional.max_pool2d(x, 2)
        return self.dense(torch.flatten(x, 1))


def test_a_torch_module_that_is_a_chain_is_taken_over():
    torch.manual_seed(0)
    network = Chain()
    network(torch.randn(8, 3, 18, 18))  # moves the averages of the norm
    figure = microscope(network)
    assert (figure.state["size"], figure.state["channels"]) == (18, 3)
    shown = microscope_numbers(figure.state)
    with torch.no_grad():
        wanted = network.eval()(torch.from_numpy(shown["x"]))
    np.testing.assert_allclose(shown["layer5"], wanted, atol=1e-5)


class Branches(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 1, 3, padding=1)

    def forward(self, x):
        return torch.flatten(self.conv(x) + x, 1)


class TwoInputs(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(64, 2)

    def forward(self, x, mask):
        return self.layer(torch.flatten(x, 1))


def hooked():
    network = nn.Sequential(nn.Flatten(), nn.Linear(64, 2))
    network[1].register_forward_hook(lambda module, inputs, output: output + 1)
    return network


@pytest.mark.parametrize(
    "network, error, words",
    [
        (Branches(), TypeError, "no chain"),
        (TwoInputs(), TypeError, "no chain"),
        (nn.Sequential(nn.Flatten(), nn.Linear(784, 3), nn.RReLU()), TypeError, "RReLU"),
        (hooked(), TypeError, "more than its layers say"),
        (numpy_nn.Tanh(), TypeError, "a Tanh"),
        (nn.Sequential(nn.Conv2d(1, 2, 3)), ValueError, "no image of 8 to 64"),
        (nn.Sequential(nn.Conv2d(2, 2, 3)), ValueError, "2 channels"),
        (nn.Sequential(nn.Flatten(), nn.Linear(784, 400)), ValueError, "1.2 MB"),
    ],
    ids=[
        "branch",
        "two inputs",
        "layer",
        "hook",
        "no Sequential",
        "no scores",
        "channels",
        "large",
    ],
)
def test_what_a_page_cannot_show_is_refused(network, error, words):
    with pytest.raises(error, match=f"^microscope received .*{words}"):
        microscope(network)


def test_names_must_be_as_many_as_the_scores():
    with pytest.raises(ValueError, match="one name a score"):
        microscope(own(), class_names=["a", "b"])


def test_the_command_writes_one_page(tmp_path, capsys):
    path = tmp_path / "page.html"
    assert main(["microscope", "--output", str(path)]) == 0
    assert capsys.readouterr().out.strip() == str(path)
    text = path.read_text(encoding="utf-8")
    assert "9,226 weights" in text
    assert "http" not in text.replace("http://www.w3.org/2000/svg", "")


def save_whole(path):
    torch.save(small_cnn(1, (12, 12), num_classes=3), path)


def save_training(path):
    save_checkpoint(path, {"model": small_cnn(1, (12, 12), num_classes=3).state_dict()})


def save_numpy(path):
    rng = np.random.default_rng(seed=0)
    network = numpy_nn.Sequential(
        numpy_nn.Conv2d(1, 2, 3, generator=rng), numpy_nn.Flatten(),
        numpy_nn.Linear(200, 3, generator=rng),
    )  # fmt: skip
    torch.save(network, path)


def save_double(path):
    torch.save(small_cnn(1, (12, 12), num_classes=3).double(), path)


@pytest.mark.parametrize("save", [save_whole, save_training, save_numpy, save_double])
def test_the_command_takes_a_saved_network(tmp_path, save):
    model, page = tmp_path / "model.pt", tmp_path / "page.html"
    save(model)
    assert main(["microscope", "--model", str(model), "--output", str(page)]) == 0
    assert "1 × 12 × 12" not in page.read_text(encoding="utf-8")  # written by the script alone
    assert '"size":12' in page.read_text(encoding="utf-8").replace("' +\n'", "")


def save_weights(path):
    torch.save(small_cnn(1, (12, 12), num_classes=3).state_dict(), path)


def save_other(path):
    save_checkpoint(path, {"model": {"conv.weight": torch.zeros(2, 1, 3, 3)}})


@pytest.mark.parametrize(
    "save, words",
    [
        (lambda path: None, "which is not there"),
        (lambda path: path.write_text("text"), "torch.load cannot read"),
        (save_weights, "which holds a OrderedDict"),
        (lambda path: torch.save(nn.LSTM(4, 4), path), "LSTM that cannot be followed"),
        (save_other, "another network than small"),
    ],
    ids=["missing", "text", "weights alone", "branching", "other network"],
)
def test_a_file_without_a_network_is_refused(tmp_path, capsys, save, words):
    model = tmp_path / "model.pt"
    save(model)
    page = tmp_path / "page.html"
    assert main(["microscope", "--model", str(model), "--output", str(page)]) == 2
    assert words in capsys.readouterr().err
    assert not page.exists()


def test_an_own_network_can_be_saved_as_a_page(tmp_path):
    save_microscope(str(tmp_path / "own.html"), own())
    assert "weights decide" in (tmp_path / "own.html").read_text(encoding="utf-8")
