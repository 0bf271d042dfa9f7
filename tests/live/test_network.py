"""A NumPy network as a state: every layer that a page has, and none that it has not."""

import re
from pathlib import Path

import numpy as np
import pytest

from course_lib import live
from course_lib import numpy_nn as nn
from course_lib.live import network_state, unpack
from course_lib.live.network import OPERATIONS, WITH_WEIGHTS

RNG = np.random.default_rng(seed=0)
SOURCE = Path(live.__file__).with_name("network.js").read_text(encoding="utf-8")


def test_both_sides_have_the_same_layers():
    known = re.search(r"const OPERATIONS = \{(.*?)\n\};", SOURCE, re.DOTALL)[1]
    assert set(re.findall(r"^  (\w+): \[", known, re.MULTILINE)) == {
        *OPERATIONS,
        *WITH_WEIGHTS.values(),
    }


def test_layers_come_in_order_with_their_weights():
    conv, norm = nn.Conv2d(2, 4, 3, padding="same", bias=False, generator=RNG), nn.BatchNorm2d(4)
    inner = nn.Sequential(nn.LeakyReLU(0.2), nn.Dropout2d(0.5, generator=RNG), nn.PReLU())
    layers = network_state(nn.Sequential(conv, norm, inner, nn.Flatten()))["layers"]
    names = ["conv2d", "batch_norm", "leaky_relu", "prelu", "flatten"]
    assert [layer["op"] for layer in layers] == names
    assert layers[0]["options"]["padding"] == "same" and "bias" not in layers[0]
    np.testing.assert_array_equal(unpack(layers[0]["weight"]), conv.weight.data)
    arrays = set(layers[1]) - {"op", "options"}
    assert arrays == {"gamma", "beta", "running_mean", "running_var"}
    assert layers[2]["options"] == {"negative_slope": 0.2}


def test_half_precision_keeps_half_the_bytes():
    network = nn.Sequential(nn.Linear(8, 6, generator=RNG))
    full, half = (network_state(network, dtype=d)["layers"][0] for d in ("float32", "float16"))
    assert len(half["weight"]["base64"]) == len(full["weight"]["base64"]) / 2
    np.testing.assert_allclose(unpack(half["weight"]), unpack(full["weight"]), atol=1e-3)


@pytest.mark.parametrize(
    "layer", [nn.LayerNorm((4,)), nn.Residual(nn.ReLU()), nn.Conv1d(1, 2, 3, generator=RNG)]
)
def test_layers_that_a_page_has_not_are_named(layer):
    with pytest.raises(TypeError, match=f"received a layer {type(layer).__name__}"):
        network_state(nn.Sequential(layer))
