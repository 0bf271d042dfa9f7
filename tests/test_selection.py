"""`--operations`, `--only` and `--networks`: one meaning, whatever the command."""

import argparse
from types import SimpleNamespace

import pytest

from course_lib.bench.command import _parser as bench_parser
from course_lib.cli import parser as course_parser
from course_lib.selection import add_selection, select

LINES = [
    SimpleNamespace(operation="relu", name="ties"),
    SimpleNamespace(operation="relu", name="empty"),
    SimpleNamespace(operation="conv2d", name="empty"),
]
ARGUMENTS = ["--operations", "relu", "conv2d", "--only", "empty", "--networks", "lenet5"]


def options_of(command, arguments):
    parsed = vars(command.parse_args(arguments))
    return {name: parsed[name] for name in ("operations", "only", "networks")}


@pytest.mark.parametrize("arguments", [[], ARGUMENTS, ["--networks"]], ids=["none", "all", "bare"])
def test_every_command_reads_them_alike(arguments):
    plain = argparse.ArgumentParser()
    add_selection(plain)
    expected = options_of(plain, arguments)
    assert options_of(bench_parser(), arguments) == expected
    assert options_of(course_parser(), ["parity", *arguments]) == expected


@pytest.mark.parametrize(
    ("operations", "only", "kept"),
    [
        (None, None, [0, 1, 2]),
        (["relu"], None, [0, 1]),
        (None, ["empty"], [1, 2]),
        (["conv2d"], ["empty"], [2]),
        (["conv2d", "relu"], ["ties"], [0]),
    ],
    ids=["all", "operation", "case", "both", "order-of-the-table"],
)
def test_lines_are_kept_in_their_order(operations, only, kept):
    chosen = select(LINES, command="parity", operations=operations, only=only)
    assert chosen == [LINES[i] for i in kept]


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (
            {"operations": ["tanh"]},
            "operations='tanh'; it needs operations as one of 'conv2d', 're",
        ),
        ({"only": ["tie"]}, "only='tie'; it needs only as one of 'empty', 'ties'"),
        ({"operations": ["conv2d"], "only": ["ties"]}, "it needs only as one of 'empty'; choose"),
    ],
    ids=["operation", "case", "case-of-another-operation"],
)
def test_a_wrong_name_lists_the_choices(options, text):
    with pytest.raises(ValueError, match=text):
        select(LINES, command="parity", **options)
