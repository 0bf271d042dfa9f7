"""The table of `course parity` shows the worst error of each operation, and every failure."""

import json

import pytest

from course_lib.parity import TOLERANCES, Row
from course_lib.parity.report import as_json, as_markdown, as_text, worst_per_operation

LIMIT = TOLERANCES["float64"]
ROWS = [
    Row("conv2d", "small", 1e-16, 3e-16, LIMIT, True),
    Row("conv2d", "large", 2e-16, 1e-16, LIMIT, True),
    Row("relu", "any", 0.0, None, LIMIT, True),
    Row("linear", "wrong", float("inf"), 1e-16, LIMIT, False),
    Row("linear", "right", 0.0, 0.0, LIMIT, True),
]


def test_worst_error_of_each_operation():
    assert [(*row[:4], row.passed) for row in worst_per_operation(ROWS)] == [
        ("conv2d", "2", 2e-16, 3e-16, True),
        ("relu", "1", 0.0, None, True),
        ("linear", "2", float("inf"), 1e-16, False),
    ]


def test_text_table():
    assert as_text(ROWS).splitlines() == [
        "operation  cases  output error  gradient error  allowed        passed",
        "conv2d     2      2.0e-16       3.0e-16         1e-09 / 1e-09  yes",
        "relu       1      0.0e+00       -               1e-09 / 1e-09  yes",
        "linear     2      inf           1.0e-16         1e-09 / 1e-09  NO",
    ]


def test_every_case_has_a_line():
    lines = as_text(ROWS, every_case=True).splitlines()
    assert [line.split()[1] for line in lines] == [
        "case",
        "small",
        "large",
        "any",
        "wrong",
        "right",
    ]


def test_markdown_table():
    lines = as_markdown(ROWS).splitlines()
    assert lines[1] == "| --- | --- | --- | --- | --- | --- |"
    assert lines[2] == "| conv2d | 2 | 2.0e-16 | 3.0e-16 | 1e-09 / 1e-09 | yes |"


def test_json_keeps_every_digit():
    records = json.loads(as_json([ROWS[0]]))
    assert records == [{**ROWS[0]._asdict(), "tolerance": LIMIT._asdict()}]


@pytest.mark.parametrize("write", [as_text, as_markdown])
def test_no_rows_leave_the_headings(write):
    assert write([]).startswith(("operation", "| operation"))
