"""The map from the source deck to the course: where each slide and equation is taught.

Cells name what they teach in their `deck` metadata. `python -m tools.deck_map` writes the table
`notebooks/deck_map.md`; a test holds it up to date and without gaps.
"""

from pathlib import Path
from typing import NamedTuple

import jupytext

from course_lib import contents

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"
TABLE = NOTEBOOKS / "deck_map.md"

# The deck "Understanding Convolutional Neural Networks (CNNs)", S. Chaki, 2025: its slides, in
# order and without repetitions, and its numbered equations.
DECK = {
    "I": (
        "What are Convolutional Neural Networks?",
        "Key Advantages of CNNs",
        "Why CNNs Excel in Image Processing",
        "Applications Beyond Image Processing",
        "CNNs vs. Traditional MLPs",
        "Why CNNs Outperform MLPs for Structured Data",
        "What is a Convolutional Layer?",
        "Convolutional Layer: Deep Dive",
        "eq 1",
        "Kernels/Filters: The Feature Detectors",
        "Feature Maps: Capturing Spatial Patterns",
        "Receptive Fields: What Each Neuron Sees",
        "Convolutional vs. Fully Connected Layers",
        "Parameter Efficiency in Convolutional Layers",
        "2D Convolution Operation",
        "eq 12",
        "Feature Maps",
        "eq 13",
        "eq 14",
    ),
    "II": (
        "Common Activation Functions in Neural Networks",
        "ReLU: The Preferred Activation in CNNs",
        "Vanishing Gradient Problem in CNNs",
        "eq 2",
        "eq 3",
        "Forward Pass in CNNs",
        "Backpropagation and Gradients",
        "eq 5",
        "eq 6",
        "eq 7",
        "Why Do Gradients Vanish?",
        "eq 8",
        "eq 9",
        "Better Activation Functions",
        "Weight Initialization Techniques",
        "eq 10",
        "Residual Networks (ResNets)",
        "eq 11",
        "Key Components of CNNs",
        "Basic CNN Architecture",
        "Loss Functions in CNNs: Guiding the Learning Process",
        "Batch Normalization: Stabilizing Training",
        "eq 15",
        "Group Normalization: Alternative to BatchNorm",
        "eq 16",
        "Pooling Methods in CNNs",
    ),
    "III": (
        "Popular CNN Architectures",
        "Architecture of AlexNet",
        "Impact of AlexNet on Deep Learning",
    ),
}


class Place(NamedTuple):
    """A cell that teaches something: its notebook, and the heading it stands under."""

    notebook: str
    heading: str


def places() -> dict[str, list[Place]]:
    """Find, for each deck item named in a cell, where it is taught."""
    found: dict[str, list[Place]] = {}
    for source in contents.text_forms(NOTEBOOKS):
        heading = ""
        for cell in jupytext.read(source, fmt="py:percent").cells:
            if cell.cell_type == "markdown":
                headings = [line for line in cell.source.splitlines() if line.startswith("#")]
                heading = headings[0].lstrip("# ") if headings else heading
            for item in cell.metadata.get("deck", ()):
                place = Place(source.stem, heading)
                if place not in found.setdefault(item, []):
                    found[item].append(place)
    return found


def table() -> str:
    """Write the map as Markdown, one table a part."""
    found = places()
    lines = [
        "# Where each slide of the deck is taught",
        "",
        "Made by `python -m tools.deck_map` from the `deck` metadata of the cells.",
    ]
    for part, items in DECK.items():
        lines += ["", f"## Part {part}", "", "| deck | notebook: section |", "|---|---|"]
        for item in items:
            taught = "<br>".join(
                f"[{place.notebook}]({place.notebook}.ipynb): {place.heading}"
                for place in found.get(item, ())
            )
            lines.append(f"| {item} | {taught or 'to come'} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    TABLE.write_text(table(), encoding="utf-8")
    print(f"wrote {TABLE}")
