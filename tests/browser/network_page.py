"""network.js and training.js in a page, and a network whose every layer differs in size."""

from pathlib import Path

import numpy as np

from course_lib import live
from course_lib import numpy_nn as nn
from course_lib.live.bundling import joined

LIVE = Path(live.__file__).parent
MODULES = ("nn.js", "network.js", "training.js")
GIVEN = """{
  nn_js, network_js, training_js,
  write: (tensor) => tensor && { shape: tensor.shape, data: Array.from(tensor.data) },
}"""


def open_network(page):
    """Load the three modules into an empty page as nn_js, network_js and training_js."""
    page.goto("about:blank")
    script = joined(*(LIVE / name for name in MODULES))
    page.add_script_tag(content=f"{script}Object.assign(globalThis, {GIVEN});")
    return page


def small_cnn(seed=0):
    """Make a CNN for images (N, 2, 9, 8) and 3 classes, with every kind of layer."""
    rng = np.random.default_rng(seed)
    return nn.Sequential(
        nn.Conv2d(2, 4, 3, padding=1, generator=rng),
        nn.BatchNorm2d(4),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Sequential(nn.Conv2d(4, 6, (2, 3), stride=(1, 2), groups=2, generator=rng), nn.PReLU()),
        nn.Dropout(0.0, generator=rng),
        nn.Flatten(),
        nn.Linear(18, 3, generator=rng),
    )


def batch(seed, count=5):
    """Draw images and their classes."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((count, 2, 9, 8)).astype(np.float32)
    return x, rng.integers(0, 3, count)
