"""The `course` command: what it prints and how it exits."""

import json
import subprocess
import sys
from pathlib import Path
from unittest.mock import Mock

import pytest

from course_lib import parity
from course_lib.cli import main
from course_lib.errors import InvalidType, InvalidValue, MissingFile
from course_lib.parity import TOLERANCES, Row
from course_lib.processes import THREAD_VARIABLES


def test_parity_prints_a_table_and_saves_json(tmp_path, capsys):
    file = tmp_path / "rows.json"
    assert main(["parity", "--operations", "relu", "linear", "--json", str(file)]) == 0
    shown = capsys.readouterr().out
    assert {line.split()[0] for line in shown.splitlines()[1:3]} == {"relu", "linear"}
    assert shown.rstrip().endswith("0 failed.")
    assert {row["operation"] for row in json.loads(file.read_text())} == {"relu", "linear"}


@pytest.mark.parametrize("form, start", [([], "operation "), (["--markdown"], "| operation |")])
def test_parity_fails_when_a_row_does(monkeypatch, capsys, form, start):
    row = Row("relu", "any", 1.0, 0.0, TOLERANCES["float64"], False)
    monkeypatch.setattr(parity, "run", lambda **options: [row])
    assert main(["parity", *form]) == 1
    shown = capsys.readouterr().out
    assert shown.startswith(start)
    assert shown.endswith("1 cases in float64 on cpu: 1 failed.\n")


def test_parity_hands_its_options_on(monkeypatch):
    seen = []
    monkeypatch.setattr(parity, "run", lambda **options: seen.append(options) or [])
    main(["parity", "--device", "cuda:1", "--dtype", "float32"])
    assert seen == [{"device": "cuda:1", "dtype": "float32", "operations": None, "only": None}]


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["parity", "--dtype", "float8"], "dtype='float8'"),
        (["parity", "--operations", "conv9d"], "operations='conv9d'; it needs operations as one"),
        (["parity", "--only", "one-pixels"], "only='one-pixels'; it needs only as one of '"),
        (["parity", "--networks", "vgg99"], "networks='vgg99'; it needs networks as one of 'ale"),
        (["slides", "97"], "notebook number '97'"),
    ],
    ids=["dtype", "operation", "case", "network", "notebook"],
)
def test_bad_input_is_one_sentence(capsys, arguments, words):
    assert main(arguments) == 2
    error = capsys.readouterr().err
    assert words in error
    assert error.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["parity", "--json", "{}"], "is a folder"),
        (["parity", "--json", "{}/no/rows.json"], "in a folder that is not there"),
        pytest.param(
            ["parity", "--json", "/proc/rows.json"],
            "where no file can be written",
            marks=pytest.mark.skipif(not Path("/proc").is_dir(), reason="a folder of Linux"),
        ),
        (["bench", "--chart", "{}/no/chart.png"], "in a folder that is not there"),
        (["train", "digits", "--checkpoint", "{}"], "is a folder"),
        (["train", "digits", "--checkpoint", "{}/no/checkpoint"], "in a folder that is not there"),
        (["slides", "02", "--output", "{}/file/slides"], "cannot be created"),
        (["slides", "02", "--output", "{}/file"], "cannot be created"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_place_that_cannot_be_written_is_refused_before_any_work(
    tmp_path, capfd, monkeypatch, arguments, words
):
    (tmp_path / "file").write_text("in the way")
    work = Mock(side_effect=AssertionError("work has begun"))
    for place in ("parity.run", "bench.command._measure", "lecture.write_deck"):
        monkeypatch.setattr(f"course_lib.{place}", work)
    monkeypatch.setattr("course_lib.training.run.Run.train", work)
    for name in THREAD_VARIABLES:
        monkeypatch.setenv(name, "1")
    assert main([argument.format(tmp_path) for argument in arguments]) == 2
    error = capfd.readouterr().err
    assert words in error
    assert error.count("\n") == 1


@pytest.mark.parametrize("mistake", [ValueError, TypeError, FileNotFoundError, RuntimeError])
def test_a_mistake_of_the_program_shows_its_traceback(monkeypatch, mistake):
    monkeypatch.setattr(parity, "run", Mock(side_effect=mistake("a bug")))
    with pytest.raises(mistake, match="a bug"):
        main(["parity"])


@pytest.mark.parametrize("kind", [InvalidValue, InvalidType, MissingFile])
def test_bad_input_found_anywhere_is_one_sentence(monkeypatch, capsys, kind):
    bad = kind("relu", received="a list", needed="an array", fix="convert it")
    monkeypatch.setattr(parity, "run", Mock(side_effect=bad))
    assert main(["parity"]) == 2
    expected = "course parity: relu received a list; it needs an array; convert it.\n"
    assert capsys.readouterr().err == expected


@pytest.mark.parametrize("arguments", [[], ["dance"], ["parity", "--dance"]])
def test_unknown_commands_and_options_are_refused(capsys, arguments):
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2


def test_options_of_jupyterlab_go_on_to_it(monkeypatch):
    started = []
    monkeypatch.setattr("course_lib.lab.open_lab", started.append)
    main(["lab", "--no-browser", "--port=1"])
    assert started == [["--no-browser", "--port=1"]]


def test_help_loads_neither_numpy_nor_torch():
    code = (
        "import sys; from course_lib.cli import parser; parser().format_help();"
        "raise SystemExit(bool({'numpy', 'torch', 'nbconvert'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_module_is_the_same_command():
    command = [sys.executable, "-m", "course_lib", "--version"]
    assert subprocess.run(command, capture_output=True).returncode == 0
