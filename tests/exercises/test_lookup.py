"""Exercises are found by number, slug and lesson; nothing but the lesson asked for is read."""

import subprocess
import sys
from pathlib import Path

import pytest

from course_lib import contents, exercises
from course_lib.exercises import lookup

NOTEBOOKS = lookup.exercises_by_notebook()


@pytest.mark.parametrize("notebook", NOTEBOOKS)
def test_ids_begin_with_the_number_of_their_notebook_and_stand_once(notebook):
    module = sys.modules[f"course_lib.lessons.{contents.NUMBERS[notebook]}.exercises"]
    ids = [exercise.id for exercise in module.EXERCISES]
    assert list(NOTEBOOKS[notebook]) == ids
    assert {id_.partition(".")[0] for id_ in ids} == {notebook}


def test_every_lesson_with_exercises_is_found():
    folder = Path(exercises.__file__).parents[1] / "lessons"
    slugs = {path.name for path in folder.iterdir() if list(path.glob("exercises*"))}
    assert slugs == {contents.NUMBERS[notebook] for notebook in NOTEBOOKS}


def test_a_lesson_without_exercises_is_not_listed(monkeypatch, capsys):
    numbers = {"02": "convolution", "03": "no_such_lesson"}
    monkeypatch.setattr(lookup, "NUMBERS", numbers)
    assert list(lookup.exercises_by_notebook()) == ["02"]
    exercises.progress()
    assert [line[:3] for line in capsys.readouterr().out.splitlines()] == ["02:"]


@pytest.mark.parametrize("wrong", ["2.flip", "99.flip", "02", "02.flap", "", None, 2, ["02.flip"]])
def test_what_is_no_exercise_is_not_found(wrong):
    assert lookup.find(wrong) is None
    assert lookup.unknown(wrong).startswith(f"There is no exercise {wrong!r}; perhaps you mean '")


def test_finding_one_reads_one_lesson():
    code = (
        "import sys; from course_lib.exercises import lookup; before = set(sys.modules);"
        "assert lookup.find('02.flip').id == '02.flip';"
        "print(sorted({m.split('.')[2] for m in sys.modules if 'course_lib.lessons.' in m}),"
        "any('course_lib.lessons' in m for m in before))"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "['convolution'] False"
