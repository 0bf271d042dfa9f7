"""Write a report down: as Markdown for people, as JSON for programs."""

import json
import math
from collections.abc import Iterable, Sequence
from typing import Any

from course_lib.gpu_report.making import Report
from course_lib.gpu_report.plan import PRECISIONS
from course_lib.gpu_report.precision import Check
from course_lib.gpu_report.throughput import Speed

OPERATIONS_TEXT = (
    "PyTorch on the device beside NumPy on the same inputs: largest error of the output / of the "
    "gradients, as shares of the largest number there should be. bfloat16 is held against NumPy's "
    "float64; tf32 is float32 with TensorFloat-32 allowed, which a CPU does not have. Errors above "
    "the tolerance are marked **NO**."
)
NETWORKS_TEXT = (
    "A forward and a backward pass in evaluation mode, beside the network's NumPy graph in "
    "float64: error of the output as above / the worst ratio of |difference| to |gradient| for the "
    "image and every parameter, as lengths of vectors. bfloat16 is autocast here, with weights in "
    "float32."
)
SPEEDS_TEXT = (
    "Images a second, medians over epochs, after the first. The bare loop has all images on the "
    "device and neither checks nor tests; `fit` tests on one batch after each epoch. Each way adds "
    "to the one before it, from bf16 on with autocast and TF32 allowed. Memory is the largest sum "
    "of tensors on the GPU, bare / `fit`; warm-up the seconds of the first three steps, in which "
    "PyTorch compiles."
)


def progress_line(row: Check | Speed) -> str:
    """Say one row in one line."""
    if isinstance(row, Speed):
        what = row.note or f"bare {_rate(row.bare)}, fit {_rate(row.fit)} images/s"
        return f"{row.network:22} {row.way:14} {what}"
    verdict = "" if row.passed else "  FAILED"
    return f"{row.name:26} {row.precision:10} {row.note or _errors(row)}{verdict}"


def as_markdown(report: Report) -> str:
    """Write the report as Markdown."""
    operations = [check for check in report.checks if check.kind == "operation"]
    networks = [check for check in report.checks if check.kind == "network"]
    parts = [
        "# GPU report",
        _verdict(report),
        _table(["", ""], report.machine.items()),
        "## Operations",
        OPERATIONS_TEXT,
        _check_table("operation", operations),
        "## Networks",
        NETWORKS_TEXT,
        _check_table("network", networks),
        "## Training",
        SPEEDS_TEXT,
        _speed_table(report.speeds),
        *_notes(report),
    ]
    return "\n\n".join(parts) + "\n"


def as_json(report: Report) -> str:
    """Write every number as JSON; infinity and NaN, which JSON lacks, as text."""
    record = {
        "machine": report.machine,
        "form": "full" if report.is_full else "small",
        "seconds": report.seconds,
        "passed": not report.failed,
        "checks": [_record(check) for check in report.checks],
        "speeds": [_record(speed) | {"share": _plain(speed.share)} for speed in report.speeds],
    }
    return json.dumps(record, indent=1, allow_nan=False) + "\n"


def _verdict(report: Report) -> str:
    form = "full" if report.is_full else "small"
    device = report.machine.get("card", report.machine["device"])
    count = len(report.checks)
    result = f"{len(report.failed)} of them failed" if report.failed else "all passed"
    return (
        f"The {form} form on {device}, made in {report.seconds:.0f} s. "
        f"{count} checks of precision: {result}."
    )


def _check_table(kind: str, checks: Sequence[Check]) -> str:
    cells = {(check.name, check.precision): _cell(check) for check in checks}
    names = dict.fromkeys(check.name for check in checks)
    rows = [[name, *(cells.get((name, p), "") for p in PRECISIONS)] for name in names]
    allowed = [["allowed, mostly", *(_allowed(checks, p) for p in PRECISIONS)]]
    return _table([kind, *PRECISIONS], rows + allowed)


def _allowed(checks: Iterable[Check], precision: str) -> str:
    """Write the most frequent tolerance: a few operations have their own."""
    pairs = [c.tolerance for c in checks if c.precision == precision and c.tolerance is not None]
    if not pairs:
        return "-"
    most = max(pairs, key=pairs.count)
    return f"{most.output:.0e} / {most.gradient:.0e}"


def _cell(check: Check) -> str:
    return _errors(check) if check.passed else f"**NO** {_errors(check)}"


def _errors(check: Check) -> str:
    if check.output_error is None:
        return "not run"
    gradient = "-" if check.gradient_error is None else f"{check.gradient_error:.1e}"
    return f"{check.output_error:.1e} / {gradient}"


def _speed_table(speeds: Iterable[Speed]) -> str:
    headings = [
        "network", "way", "batch", "bare loop", "`fit`", "`fit` / bare", "memory, GB", "warm-up, s",
    ]  # fmt: skip
    return _table(headings, (_speed_cells(speed) for speed in speeds))


def _speed_cells(speed: Speed) -> list[str]:
    memory = [_number(gb, ".2f") for gb in (speed.bare_gigabytes, speed.fit_gigabytes)]
    return [
        speed.network, speed.way, str(speed.batch_size), _rate(speed.bare),
        _rate(speed.fit), _number(speed.share, ".2f"), " / ".join(memory),
        _number(speed.warm_up, ".1f"),
    ]  # fmt: skip


def _notes(report: Report) -> list[str]:
    """List the rows that could not be run, and trainings that went astray."""
    lines = [f"* {c.name}, {c.precision}: {c.note}" for c in report.checks if c.note]
    lines += [f"* {s.network}, {s.way}: {s.note}" for s in report.speeds if s.note]
    lines += [
        f"* {s.network}, {s.way}: the loss became {s.loss}"
        for s in report.speeds
        if s.loss is not None and not math.isfinite(s.loss)
    ]
    return ["## Not measured, or astray", "\n".join(lines)] if lines else []


def _rate(value: float | None) -> str:
    return _number(value, ".1f" if value is not None and value < 100 else ".0f")


def _number(value: float | None, form: str) -> str:
    return "-" if value is None else format(value, form)


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join(f"| {' | '.join(_escaped(cell) for cell in cells)} |" for cells in lines)


def _escaped(cell: str) -> str:
    return cell.replace("|", "\\|")


def _record(row: Check | Speed) -> dict[str, Any]:
    return {name: _plain(value) for name, value in row._asdict().items()}


def _plain(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value._asdict() if hasattr(value, "_asdict") else value
