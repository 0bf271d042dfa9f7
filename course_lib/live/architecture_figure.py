"""The live drawing of a network: its blocks in a row, what each costs and sees."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from course_lib import plots
from course_lib.analysis.blocks import network_blocks
from course_lib.live.figures import Figure, Trial

if TYPE_CHECKING:
    from torch import nn

MODULE = Path(__file__).with_name("architecture.js")
KEYS = {
    "parameters": "parameters", "multiply-adds": "multiply_adds",
    "activation memory": "activation_bytes", "receptive field": "sees",
}  # fmt: skip


def architecture(module: "nn.Module", input_shape: tuple[int, ...], *, title: str) -> Figure:
    """Draw a network from the module itself, and let its blocks be chosen one by one.

    Parameters
    ----------
    module : torch.nn.Module
        Any network that `analysis.network_blocks` takes. It is not changed.
    input_shape : tuple of int
        Shape of one image with its batch axis of 1, such as (1, 3, 224, 224).
    title : str
        The network's name, for the words that stand for the picture.

    Returns
    -------
    Figure
        Controls: what the bars show, and the block, by a click or by arrow keys.

    Raises
    ------
    TypeError, ValueError
        As `analysis.network_blocks`.

    Examples
    --------
    >>> from torch import nn
    >>> net = nn.Sequential(nn.Conv2d(1, 6, 5), nn.ReLU(), nn.MaxPool2d(2))
    >>> architecture(net, (1, 1, 28, 28), title="A small net")
    Live figure: A small net as a row of 2 boxes, from conv 5×5 (6 × 24 × 24) to max pool 2×2 (6 ×
    12 × 12): 156 parameters and 86,400 multiply-adds.
    """
    blocks = network_blocks(module, input_shape)
    kept = ("name", "kind", "count", "parameters", "multiply_adds", "activation_bytes", "sees")
    first, last = (
        f"{b.name} ({' × '.join(map(str, b.output_shape))})" for b in (blocks[0], blocks[-1])
    )
    words = (
        f"{title} as a row of {len(blocks)} boxes, from {first} to {last}: "
        f"{sum(b.parameters for b in blocks):,} parameters and "
        f"{sum(b.multiply_adds for b in blocks):,} multiply-adds."
    )
    state = {
        "blocks": [
            {"shape": list(b.output_shape), **{key: getattr(b, key) for key in kept}}
            for b in blocks
        ],
        "side": input_shape[-1], "bars": "parameters", "block": 0,
    }  # fmt: skip
    return Figure(MODULE, state, still=plots.show_architecture(blocks), words=words)


def architecture_numbers(state: Mapping[str, Any]) -> dict[str, Any]:
    """Compute with NumPy what is shown."""
    key, side, chosen = KEYS[state["bars"]], state["side"], state["block"]
    values = np.array([side if b[key] is None else b[key] for b in state["blocks"]], float)
    totals = np.cumsum(values)
    sees = key == "sees"
    return {
        "values": values,
        "value": values[chosen],
        "share": values[chosen] / ((side if sees else totals[-1]) or 1),
        "before": values[chosen] if sees else totals[chosen],
    }


def _example() -> Figure:
    from course_lib import models

    return architecture(models.build("lenet5"), (1, 1, 32, 32), title="LeNet-5")


TRIALS = (Trial(_example, architecture_numbers),)
