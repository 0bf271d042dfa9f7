"""Live figure of notebook 24: all networks on axes that the reader chooses."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from course_lib.lessons.comparing_architectures.figures import LOOKS, show_networks
from course_lib.lessons.comparing_architectures.tables import Row
from course_lib.live import Figure, Trial

MODULES = Path(__file__).with_name("live")
# By the text of the choice: the field of a row, and whether the axis is one of powers.
AXES = {
    "parameters": ("parameters", True),
    "multiply-adds": ("multiply_adds", True),
    "memory": ("activation_bytes", True),
    "receptive field": ("field", True),
    "top-1 accuracy": ("top1", False),
    "top-5 accuracy": ("top5", False),
    "year": ("year", False),
}


def all_networks(rows: Sequence[Row]) -> Figure:
    """Put all networks on a chart, its axes to be chosen, a network to be clicked.

    Parameters
    ----------
    rows : sequence of Row
        At least three; those without a value on an axis are not drawn.

    Returns
    -------
    Figure
        Controls: what each axis shows; the network, by a click or by arrow keys.
    """
    networks = [
        {"name": one.title, "family": one.family, "color": LOOKS[one.family][0], "side": one.side}
        | {text: getattr(one, key) for text, (key, _) in AXES.items()}
        for one in rows
    ]
    chosen = max(range(len(rows)), key=lambda place: rows[place].top1 or 0)
    state = {"networks": networks, "x": "multiply-adds", "y": "top-1 accuracy", "network": chosen}
    words = (
        f"{len(rows)} networks as points, accuracy against multiply-adds. {rows[chosen].title} is "
        "chosen: it is the most accurate."
    )
    still = show_networks(rows, x="multiply_adds", y="top1")
    return Figure(MODULES / "all_networks.js", state, still=still, words=words)


def all_networks_numbers(state: Mapping[str, Any]) -> dict[str, Any]:
    """Compute with NumPy what the figure shows, from its values by name."""
    values = {axis: [one[state[axis]] for one in state["networks"]] for axis in "xy"}
    pairs = zip(values["x"], values["y"], strict=True)
    drawn = np.array([x is not None and y is not None for x, y in pairs])
    x, y = (_placed(values[axis], state[axis], drawn) for axis in "xy")
    chosen = state["network"]
    return {
        "drawn": drawn.astype(int),
        "x": x,
        "y": y,
        "correlation": float(np.corrcoef(x, y)[0, 1]),
        "below": [_below(values[axis], drawn, chosen) for axis in "xy"],
    }


def _placed(values: list[float | None], name: str, drawn: np.ndarray) -> np.ndarray:
    """Give the places of the drawn networks along an axis: logarithms, if it has powers."""
    kept = np.array([value for value, keep in zip(values, drawn, strict=True) if keep], float)
    return np.log10(kept) if AXES[name][1] else kept


def _below(values: list[float | None], drawn: np.ndarray, chosen: int) -> int:
    """Count the drawn networks that have less than the chosen one."""
    if not drawn[chosen]:
        return 0
    return sum(keep and value < values[chosen] for value, keep in zip(values, drawn, strict=True))


def _example() -> Figure:
    rows = [
        Row("a", "First", "VGG", 2014, 224, 1000, 50_000, 400, 21, 60.0, 80.0),
        Row("b", "Second", "ResNet", 2015, 224, 300, 20_000, 900, 35, 70.0, 91.0),
        Row("c", "Third", "LeNet", 1998, 32, 20, 700, 50, 16, None, None),
        Row("d", "Fourth", "MobileNet", 2017, 224, 90, 4_000, 2_000, 90, 65.0, 87.0),
    ]
    return all_networks(rows)


TRIALS = (Trial(_example, all_networks_numbers),)
