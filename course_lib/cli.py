"""The `course` command: one thin function a subcommand."""

import argparse
import sys
from pathlib import Path
from typing import NoReturn

import course_lib
from course_lib import course_folder
from course_lib.checks import require_int, require_output_file, require_output_folder
from course_lib.errors import InvalidValue
from course_lib.files import replace_file
from course_lib.option_types import amount, file_path
from course_lib.selection import add_selection, refuse_beside
from course_lib.terminal import in_one_line, run_command


def main(arguments: list[str] | None = None) -> int:
    """Run a subcommand and return its exit status; bad input is one sentence and status 2."""
    return run_command("course", lambda: _run(arguments))


def _run(arguments: list[str] | None) -> int:
    command_line = parser()
    arguments = sys.argv[1:] if arguments is None else arguments
    for argument in arguments:
        if argument.startswith("--") and argument.endswith("=--"):  # argparse would give a list
            command_line.error(f"argument {argument[:-3]}: -- is no value")
    options, options.rest = command_line.parse_known_args(arguments)
    if options.rest and not options.forwards_options:
        unknown = in_one_line(" ".join(options.rest))
        command_line.error(f"unknown option {unknown}; see `course {options.command} -h`")
    return run_command(f"course {options.command}", lambda: options.run(options))


def parser() -> argparse.ArgumentParser:
    """Describe the command line."""
    course = argparse.ArgumentParser(prog="course", description=course_lib.__doc__.splitlines()[0])
    course.set_defaults(forwards_options=False)
    course.add_argument("--version", action="version", version=course_lib.__version__)
    commands = course.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for add in (
        add_parity, add_slides, add_lab, add_bench, add_summary, add_train, add_microscope,
        add_gpu_report,
    ):  # fmt: skip
        add(commands)
    return course


def add_parity(commands: argparse._SubParsersAction) -> None:
    """Describe `course parity`."""
    command = commands.add_parser("parity", help="compare NumPy and PyTorch on every operation")
    command.add_argument("--device", default="cpu", help="where PyTorch runs: cpu, cuda, cuda:1")
    command.add_argument("--dtype", default="float64", help="float64, float32, tf32 or bfloat16")
    add_selection(command)
    command.add_argument(
        "--size", type=int, metavar="PIXELS",
        help="with --networks: images this small, where a network takes them",
    )  # fmt: skip
    command.add_argument("--all", action="store_true", help="a line for every case")
    command.add_argument("--markdown", action="store_true", help="print the table as Markdown")
    command.add_argument(
        "--json", type=file_path, metavar="FILE", help="save every case as JSON too"
    )
    command.set_defaults(run=parity)


def parity(options: argparse.Namespace) -> int:
    """Print the errors between the twins; 1 when one is above its tolerance."""
    from course_lib.parity import report, run

    if options.networks is not None:
        refuse_beside(
            "--networks", options, "parity",
            "operations", "only", "json", "markdown", "all", "device", "dtype",
        )  # fmt: skip
        return _network_parity(options.networks, options.size)
    if options.size is not None:
        raise InvalidValue("parity", received="--size without --networks",
                           needed="both or none", fix="add --networks")  # fmt: skip
    if options.json:
        require_output_file("parity", "--json", options.json)
    rows = run(
        device=options.device, dtype=options.dtype,
        operations=options.operations, only=options.only,
    )  # fmt: skip
    write = report.as_markdown if options.markdown else report.as_text
    print(write(rows, every_case=options.all))
    if options.json:
        replace_file(options.json, report.as_json(rows).encode())
    failed = sum(not row.passed for row in rows)
    print(f"\n{len(rows)} cases in {options.dtype} on {options.device}: {failed} failed.")
    return int(failed > 0)


def _network_parity(names: list[str], size: int | None) -> int:
    from course_lib.parity import networks

    print(networks.table_line(None))
    failed = 0
    for row in networks.run_networks(names, size=size):
        print(networks.table_line(row), flush=True)
        failed += not row.passed
    print(f"\nOne image each, float32, one thread; {failed} failed.")
    return int(failed > 0)


def add_slides(commands: argparse._SubParsersAction) -> None:
    """Describe `course slides`."""
    command = commands.add_parser("slides", help="write one offline slide deck a notebook")
    command.add_argument("numbers", nargs="*", metavar="NN", help="such as 02; all by default")
    command.add_argument("--output", type=file_path, default=Path("out/slides"), metavar="DIR")
    command.set_defaults(run=slides)


def slides(options: argparse.Namespace) -> int:
    """Write the decks and name them."""
    from course_lib.lecture import write_deck

    notebooks = course_folder.find_notebooks(options.numbers)
    require_output_folder("slides", "--output", options.output)
    for notebook in notebooks:
        print(write_deck(notebook, options.output))
    return 0


def add_lab(commands: argparse._SubParsersAction) -> None:
    """Describe `course lab`; options it does not know go on to JupyterLab."""
    command = commands.add_parser("lab", help="open the course in JupyterLab")
    command.set_defaults(run=lab, forwards_options=True)


def lab(options: argparse.Namespace) -> NoReturn:
    """Start JupyterLab on the first notebook, and end with it."""
    from course_lib.lab import open_lab

    open_lab(options.rest)


def add_bench(commands: argparse._SubParsersAction) -> None:
    """Describe `course bench`; its options are those of the benchmark."""
    command = commands.add_parser(
        "bench", help="time the NumPy reference beside PyTorch", add_help=False
    )
    command.set_defaults(run=bench, forwards_options=True)


def bench(options: argparse.Namespace) -> int:
    """Run the benchmark."""
    from course_lib.bench import main as run_bench

    return run_bench(options.rest)


def add_summary(commands: argparse._SubParsersAction) -> None:
    """Describe `course summary`."""
    command = commands.add_parser("summary", help="list the layers of a network and their cost")
    own = "or FILE.py:NAME for your own, a network or what makes one"
    command.add_argument("name", metavar="NETWORK", help=f"such as resnet18, {own}")
    command.add_argument("--input", metavar="N,C,H,W", help="such as 1,3,224,224")
    command.set_defaults(run=summary)


def summary(options: argparse.Namespace) -> int:
    """Print the layer table, the totals and the published ones."""
    from course_lib.analysis import report
    from course_lib.analysis.own_network import parse_network

    network = parse_network(options.name)
    shape = None if options.input is None else report.parse_shape(options.input)
    print(report.summary(network, shape))
    return 0


def add_train(commands: argparse._SubParsersAction) -> None:
    """Describe `course train`; its options are those of `training.fit`."""
    command = commands.add_parser("train", help="train a network on images, the reader's own too")
    add = command.add_argument
    add("data", help="a data set of the course (digits), an .npz file, or a folder of pictures")
    add("--network", default="small", help="small, or as in `course summary`")
    add("--epochs", type=int, default=10)
    add("--batch-size", type=int, default=32)
    add("--optimizer", default="momentum", help="sgd, momentum, nesterov or adam")
    add("--learning-rate", type=amount, default=0.05)
    add("--schedule", default="one_cycle", help="constant, linear, cosine or one_cycle")
    add("--device", default="auto", help="cpu, cuda, ...; auto by default")
    add("--seed", type=int, default=0, help="of the weights and of the order of the images")
    add("--size", type=int, default=32, help="pixels, for a folder of pictures")
    add("--checkpoint", type=file_path, metavar="FILE", help="save the training here")
    add("--resume", action="store_true", help="go on from the checkpoint if it is there")
    command.set_defaults(run=train)


def train(options: argparse.Namespace) -> int:
    """Train, and print one line an epoch."""
    from course_lib.training.command import train as run_training

    return run_training(options)


def add_microscope(commands: argparse._SubParsersAction) -> None:
    """Describe `course microscope`."""
    command = commands.add_parser(
        "microscope", help="write a page in which you draw, and see every number of a small CNN"
    )
    add = command.add_argument
    add("--model", type=file_path, metavar="FILE", help="your own network, torch or numpy_nn, "
        "by torch.save or `course train --checkpoint`; open only files you trust")  # fmt: skip
    add("--size", type=int, metavar="PIXELS", help="height and width of its input")
    add("--output", type=file_path, default=Path("microscope.html"), metavar="FILE")
    command.set_defaults(run=microscope)


def microscope(options: argparse.Namespace) -> int:
    """Write the page and name it."""
    from course_lib.live.microscope_figure import save_microscope
    from course_lib.live.network_file import read_network

    require_output_file("microscope", "--output", options.output)
    if options.size is not None:
        require_int("microscope", "size", options.size, minimum=1)
    network = None if options.model is None else read_network(options.model)
    save_microscope(options.output, network, size=options.size)
    print(options.output)
    return 0


def add_gpu_report(commands: argparse._SubParsersAction) -> None:
    """Describe `course gpu-report`."""
    command = commands.add_parser(
        "gpu-report", help="check the precision and the speed of PyTorch on this machine's GPU"
    )
    add = command.add_argument
    add("--output", type=file_path, default=Path("gpu-report"), metavar="FILE",
        help="writes FILE.md and FILE.json")  # fmt: skip
    add("--device", default="auto", help="cpu, cuda, cuda:1; auto by default")
    add("--minutes", type=amount, default=8.0, help="no training begins that would take longer (8)")
    add("--small", action="store_true", help="the small form, as on a CPU: a few rows of each kind")
    command.set_defaults(run=gpu_report)


def gpu_report(options: argparse.Namespace) -> int:
    """Write the report as Markdown and JSON and name the files; 1 when a tolerance fails."""
    from course_lib import gpu_report as reports
    from course_lib.files import replace_file

    output = options.output
    if not output.name or output.is_dir():
        require_output_file("gpu-report", "--output", output)
    stem = output.with_suffix("") if output.suffix in (".md", ".json") else output
    files = [stem.with_name(stem.name + ending) for ending in (".md", ".json")]
    for file in files:
        require_output_file("gpu-report", "--output", file)
    report = reports.make_report(
        reports.SMALL if options.small else None, device=options.device, minutes=options.minutes,
        progress=lambda row: print(reports.progress_line(row), flush=True),
    )  # fmt: skip
    for file, write in zip(files, (reports.as_markdown, reports.as_json), strict=True):
        replace_file(file, write(report).encode())
        print(file)
    print(f"{len(report.checks)} checks of precision: {len(report.failed)} failed.")
    return int(bool(report.failed))
