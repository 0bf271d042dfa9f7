"""The command line of the benchmark."""

import argparse
import json
from collections.abc import Callable, Collection, Sequence

import torch

from course_lib.bench.cores import report_cores
from course_lib.bench.layers import CONV_LAYERS, OPERATIONS, ConvLayer, Operation
from course_lib.bench.measure import Row, measure_layer, measure_operation
from course_lib.bench.memory import peak_memory
from course_lib.bench.networks import NETWORKS
from course_lib.bench.report import (
    HEADER,
    as_json,
    chart_format,
    means_line,
    save_chart,
    table_line,
)
from course_lib.checks import require_output_file
from course_lib.files import replace_file
from course_lib.option_types import amount, file_path
from course_lib.selection import add_selection, refuse_beside, require_choices, select
from course_lib.threads import num_cores

MEMORY_LAYER = "vgg_conv1_2"


def run_command(arguments: Sequence[str]) -> int:
    """Measure what was asked for, print it, and write the files."""
    options = _parser().parse_args(arguments)
    for name in ("json", "chart"):
        if getattr(options, name):
            require_output_file("bench", f"--{name}", getattr(options, name))
    if options.chart:
        chart_format(options.chart)
    torch.set_num_threads(1)
    if options.cores:
        refuse_beside(
            "--cores", options, "bench", "operations", "only", "networks", "json", "chart"
        )
        report_cores(num_cores(), seconds=options.seconds)
        return 0
    if options.networks is not None:
        refuse_beside("--networks", options, "bench", "operations", "only", "json", "chart")
        return _report_networks(options.networks, options.seconds)
    _report_lines(options)
    return 0


def _report_lines(options: argparse.Namespace) -> None:
    lines = select(
        [*CONV_LAYERS, *OPERATIONS], command="bench",
        operations=options.operations, only=options.only,
    )  # fmt: skip
    print("One thread, CPU time, medians. Columns torch, product (of matrices) and loops say how")
    print("many times as long these take; loops is an estimate from a small layer.\n")
    print(HEADER)
    layers = [line for line in lines if isinstance(line, ConvLayer)]
    convolutions = _measure(layers, measure_layer, options.seconds)
    others = [line for line in lines if isinstance(line, Operation)]
    others = _measure(others, measure_operation, options.seconds)
    memory = _report_memory() if MEMORY_LAYER in [layer.name for layer in layers] else None
    if not (options.operations or options.only):
        report_cores(num_cores(), seconds=options.seconds)
    _save(options, convolutions, others, memory)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="course bench", description="Time the NumPy reference beside PyTorch."
    )
    add_selection(parser)
    parser.add_argument("--cores", action="store_true", help="compare one core with all of them")
    parser.add_argument("--seconds", type=amount, default=4.0, help="time for each line (4)")
    parser.add_argument("--json", metavar="FILE", type=file_path, help="write all numbers here")
    parser.add_argument("--chart", metavar="FILE", type=file_path, help="draw the ratios (.png)")
    return parser


def _save(
    options: argparse.Namespace,
    convolutions: list[Row],
    others: list[Row],
    memory: dict[str, float | None] | None,
) -> None:
    if options.json:
        content = json.dumps(as_json(convolutions, others, memory), indent=1) + "\n"
        replace_file(options.json, content.encode())
    if options.chart:
        save_chart([*convolutions, *others], options.chart)


def _measure(lines: Sequence, measure: Callable[..., Row], seconds: float) -> list[Row]:
    rows = []
    for line in lines:
        rows.append(measure(line, seconds=seconds))
        print(table_line(rows[-1]), flush=True)
    if rows:
        print(means_line(rows), end="\n\n")
    return rows


def _report_networks(names: Collection[str], seconds: float) -> int:
    require_choices("bench", "networks", names, NETWORKS)
    print("One thread, CPU time, medians; PyTorch in the better of its memory layouts.\n")
    print(f"{'network':32} {'NumPy':>9} {'PyTorch':>9}  PyTorch/NumPy")
    for name in names or NETWORKS:
        row = NETWORKS[name](seconds=seconds)
        ours, theirs = 1000 * row.ours, 1000 * row.torch
        print(f"{row.name:32} {ours:6.1f} ms {theirs:6.1f} ms  {theirs / ours:.2f}", flush=True)
    return 0


def _report_memory() -> dict[str, float | None]:
    memory = {side: peak_memory(side, MEMORY_LAYER) for side in ("ours", "torch")}
    if None in memory.values():
        print("Peak memory cannot be measured on this system.")
    else:
        ours, theirs = memory["ours"], memory["torch"]
        print(f"Peak memory of {MEMORY_LAYER}, forward and backward: {ours:.0f} MB, PyTorch")
        print(f"{theirs:.0f} MB: {ours / theirs:.2f} times as much.")
    return memory
