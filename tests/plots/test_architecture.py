"""The drawing of a network: a box a block, readable and to scale."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.patches import FancyBboxPatch
from torch import nn

from course_lib import plots
from course_lib.analysis import network_blocks

NET = nn.Sequential(
    nn.Conv2d(1, 7, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(7, 31, 3), nn.ReLU(),
    nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(31, 10),
)  # fmt: skip


@pytest.fixture
def drawn():
    blocks = network_blocks(NET, (1, 1, 36, 36))
    ax = plots.show_architecture(blocks)
    yield blocks, ax
    plt.close(ax.figure)


def boxes_of(ax):
    return [patch for patch in ax.patches if isinstance(patch, FancyBboxPatch)]


def test_heights_and_widths_follow_the_maps(drawn):
    blocks, ax = drawn
    boxes = boxes_of(ax)
    assert len(boxes) == len(blocks) == 5
    np.testing.assert_allclose(boxes[1].get_height() / boxes[0].get_height(), 0.5**0.5)
    np.testing.assert_allclose(boxes[0].get_width() / boxes[2].get_width(), 3 / 5)


def test_words_stand_beside_each_other(drawn):
    _, ax = drawn
    ax.figure.canvas.draw()
    words = [text.get_window_extent() for text in ax.texts]
    assert not any(a.overlaps(b) for k, a in enumerate(words) for b in words[:k])
    frame = ax.figure.bbox
    assert all(frame.x0 <= w.x0 and w.x1 <= frame.x1 and w.y1 <= frame.y1 for w in words)


def test_many_boxes_have_upright_words():
    row = nn.Sequential(*(nn.Conv2d(1, 1, 3 + 2 * (k % 2)) for k in range(16)))
    ax = plots.show_architecture(network_blocks(row, (1, 1, 80, 80)))
    ax.figure.canvas.draw()
    words = [text.get_window_extent() for text in ax.texts]
    assert not any(a.overlaps(b) for k, a in enumerate(words) for b in words[:k])
    plt.close(ax.figure)
