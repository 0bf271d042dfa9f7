"""The results as a table, as JSON and as one chart."""

import platform
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from statistics import geometric_mean
from typing import Any

from matplotlib.axes import Axes

from course_lib.bench.measure import Row
from course_lib.errors import InvalidValue
from course_lib.files import replace_file

HEADER = "\n".join(
    f"{name:28} {algorithm:23} {ours:>8} {forward:>6} {both:>6} {alone:>8} {together:>8} {loops:>8}"
    for name, algorithm, ours, forward, both, alone, together, loops in (
        ("layer", "algorithm", "ms", "torch", "torch", "product", "product", "loops"),
        ("", "", "fwd+bwd", "fwd", "f+b", "fwd", "f+b", "fwd"),
    )
)


def table_line(row: Row) -> str:
    """Write one row: our time, and how many times as long each other way takes."""
    torch, product = row.ratio(row.torch), row.ratio(row.product)
    cells = [f"{row.name:28} {row.algorithm:23} {row.ours.both * 1e3:8.2f}"]
    cells.append(f"{torch.forward:6.2f} {torch.both:6.2f}")
    if product is not None:
        cells.append(f"{product.forward:8.2f} {product.both:8.2f}")
    if row.loops_forward is not None:
        cells.append(f"{row.loops_forward / row.ours.forward:8.0f}")
    return " ".join(cells)


def means(rows: Sequence[Row]) -> dict[str, float]:
    """Give the geometric means of the ratios to PyTorch, and to the product where there is one."""
    torch = [row.ratio(row.torch) for row in rows]
    found = {
        "torch_forward": geometric_mean(t.forward for t in torch),
        "torch_both": geometric_mean(t.both for t in torch),
    }
    products = [row.ratio(row.product) for row in rows if row.product is not None]
    if products:
        found["product_both"] = geometric_mean(p.both for p in products)
    return found


def means_line(rows: Sequence[Row]) -> str:
    """Write the geometric means of a table."""
    found = means(rows)
    text = (
        f"geometric mean over {len(rows)}: torch/ours {found['torch_forward']:.2f} forward, "
        f"{found['torch_both']:.2f} forward+backward"
    )
    if "product_both" in found:
        text += f"; matrix product/ours {found['product_both']:.2f}"
    return text


def as_json(
    convolutions: Sequence[Row], others: Sequence[Row], memory: dict[str, float | None] | None
) -> dict[str, Any]:
    """Collect everything for later comparison, with the versions it was measured on."""
    import numpy
    import torch

    return {
        "versions": {
            "python": platform.python_version(),
            "numpy": numpy.__version__,
            "torch": torch.__version__,
            "machine": platform.machine(),
        },
        "convolutions": [_row_as_json(row) for row in convolutions],
        "others": [_row_as_json(row) for row in others],
        "means": means(convolutions) if convolutions else {},
        "peak_memory_megabytes": memory,
    }


def _row_as_json(row: Row) -> dict[str, Any]:
    times = {key: getattr(row, key) for key in ("ours", "torch", "product")}
    seconds = {key: value and value._asdict() for key, value in times.items()}
    plain = {"name": row.name, "algorithm": row.algorithm, "loops_forward": row.loops_forward}
    return plain | {"seconds": seconds}


def chart(rows: Sequence[Row], ax: Axes) -> Axes:
    """Draw how fast each layer is relative to PyTorch: a bar that reaches 1 is as fast."""
    from course_lib.plots import OKABE_ITO

    ratios = [row.ratio(row.torch) for row in rows]
    places = range(len(rows))
    ax.barh([p - 0.2 for p in places], [r.forward for r in ratios], height=0.4,
            color=OKABE_ITO["sky"], label="forward")  # fmt: skip
    ax.barh([p + 0.2 for p in places], [r.both for r in ratios], height=0.4,
            color=OKABE_ITO["blue"], hatch="//", label="forward + backward")  # fmt: skip
    ax.axvline(1.0, color=OKABE_ITO["black"], linestyle="--", label="as fast as PyTorch")
    ax.set_yticks(list(places), [row.name for row in rows])
    ax.invert_yaxis()
    ax.set_xlabel("PyTorch's CPU time / NumPy's (one thread)")
    ax.legend(loc="best")
    return ax


def chart_format(path: Path) -> str:
    """Name the kind of picture that a file is to hold, by its ending; PNG without one.

    Raises
    ------
    ValueError
        If matplotlib writes no such pictures.

    Examples
    --------
    >>> chart_format(Path("chart")), chart_format(Path("chart.SVG"))
    ('png', 'svg')
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    kind = path.suffix.lower().removeprefix(".") or "png"
    if kind not in FigureCanvasAgg.get_supported_filetypes():
        raise InvalidValue(
            "bench", received=f"--chart {path}",
            needed="a file that ends on a kind of picture", fix="write .png or .svg")  # fmt: skip
    return kind


def save_chart(rows: Sequence[Row], path: Path) -> None:
    """Draw the chart into an image file."""
    import matplotlib

    matplotlib.use("Agg")
    from course_lib.plots import course_style, figure

    picture = BytesIO()
    drawing, axes = figure(width=9.0, height=1.5 + 0.35 * len(rows))
    with course_style():
        chart(rows, axes[0, 0])
        drawing.savefig(picture, format=chart_format(path))
    replace_file(path, picture.getvalue())
