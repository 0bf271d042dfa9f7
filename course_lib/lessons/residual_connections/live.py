"""Live figure of notebook 12: digits forward and slopes back through a chain of blocks."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from course_lib.lessons.residual_connections.figures import show_flows
from course_lib.lessons.residual_connections.signals import Chain, pass_through, random_chain
from course_lib.live import Figure, Trial, pack, unpack

MODULES = Path(__file__).with_name("live")


def through_blocks(chain: Chain, *, blocks: int) -> Figure:
    """Send digits forward and slopes back, through plain blocks and through blocks with shortcuts.

    Parameters
    ----------
    chain : Chain
        As `signals.random_chain` makes it.
    blocks : int
        How many blocks there are at first; the reader may use all of the chain.

    Returns
    -------
    Figure
        Controls: the number of blocks; how strong the shortcut is, from 0 to 1.

    Examples
    --------
    >>> through_blocks(random_chain(num_blocks=3), blocks=2).state["blocks"]
    2
    """
    packed = {name: pack(array) for name, array in chain._asdict().items()}
    still = show_flows(
        {
            kind: [pass_through(chain, blocks=blocks, shortcut=s)]
            for kind, s in (("plain", 0.0), ("residual", 1.0))
        },
        back="length of the slopes",
    )
    words = (
        f"Two plots against the block, 0 to {blocks}. Left, how far a digit is from its smudged "
        "copy: in the plain chain it climbs toward 1, as far as a stranger; with shortcuts it "
        "stays well below. Right, the length of the slopes: toward the first block it grows, and "
        "much more in the plain chain."
    )
    state = {**packed, "blocks": blocks, "shortcut": 1.0}
    return Figure(MODULES / "through_blocks.js", state, still=still, words=words)


def through_blocks_numbers(state: Mapping[str, Any]) -> dict[str, NDArray]:
    """Compute with NumPy what the figure shows, from its values by name."""
    chain = Chain(*(unpack(state[name]) for name in Chain._fields))
    plain, yours = (
        pass_through(chain, blocks=state["blocks"], shortcut=s) for s in (0.0, state["shortcut"])
    )
    return {
        "plain_mixed_up": plain.mixed_up, "plain_slopes": plain.slopes,
        "mixed_up": yours.mixed_up, "slopes": yours.slopes,
    }  # fmt: skip


TRIALS = (
    Trial(
        lambda: through_blocks(random_chain(num_blocks=6, seed=1), blocks=4),
        through_blocks_numbers,
    ),
)
