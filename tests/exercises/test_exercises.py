"""Every exercise accepts its solution, and refuses its near misses and the untouched stub."""

import ast
import re
from pathlib import Path

import numpy as np
import pytest

from course_lib import exercises
from course_lib.exercises import storage
from course_lib.exercises.checking import NOT_ATTEMPTED, SOLVED, WRONG, examine
from course_lib.exercises.lookup import all_exercises

EVERY = all_exercises()
NEAR_MISSES = [
    pytest.param(exercise, attempt, id=f"{exercise.id}-{name}".replace(" ", "-"))
    for exercise in EVERY.values()
    for name, attempt in exercise.near_misses.items()
]
NOTEBOOKS = Path(__file__).parents[2] / "notebooks" / "src"

each_exercise = pytest.mark.parametrize("exercise", EVERY.values(), ids=EVERY.keys())


@each_exercise
def test_solution_passes(exercise):
    verdict = examine(exercise, exercise.solution)
    assert verdict.status == SOLVED, verdict.message
    assert verdict.message.startswith(f"{exercise.id} ✓")


@each_exercise
def test_untouched_stub_is_not_attempted(exercise):
    verdict = examine(exercise, exercise.stub)
    assert verdict == (NOT_ATTEMPTED, f"{exercise.id}: not attempted yet. {exercise.prompt}")


@pytest.mark.parametrize("exercise, attempt", NEAR_MISSES)
def test_near_miss_fails(exercise, attempt):
    verdict = examine(exercise, attempt)
    assert verdict.status == WRONG
    assert verdict.message.startswith(f"{exercise.id} ✗ ")


@pytest.mark.parametrize("exercise, attempt", NEAR_MISSES)
def test_near_miss_is_called_by_its_name(exercise, attempt):
    [name] = [name for name, other in exercise.near_misses.items() if other is attempt]
    named = f"\n  a common slip: {name}\n" in examine(exercise, attempt).message
    assert named == (not exercise.choices)


@pytest.mark.parametrize("exercise, attempt", NEAR_MISSES)
def test_near_miss_is_caught_by_a_case_that_can_be_tried_by_hand(exercise, attempt):
    shown = "\n  with " in examine(exercise, attempt).message
    assert shown == exercise.wants_function


@each_exercise
def test_exercise_is_complete(exercise):
    assert len(exercise.near_misses) >= 3
    assert 1 <= len(exercise.hints) <= 4
    assert exercise.wants_function == bool(exercise.cases)
    assert not exercise.choices or exercise.solution in exercise.choices
    assert all(line.strip() for line in (exercise.prompt, *exercise.hints))


@each_exercise
def test_solution_text_can_be_shown(exercise, capsys):
    exercises.solution(exercise.id)
    shown = capsys.readouterr().out
    assert (f"def {exercise.solution.__name__}" if exercise.wants_function else "") in shown
    assert exercise.why in shown
    assert len(shown) > 3


@each_exercise
def test_inputs_are_not_shared_with_the_learner(exercise):
    def vandal(*inputs):
        for x in inputs:
            if isinstance(x, np.ndarray):
                x[...] = 0
        return 0

    before = [[np.copy(x) for x in case.inputs] for case in exercise.cases]
    examine(exercise, vandal)
    for case, copies in zip(exercise.cases, before, strict=True):
        for x, kept in zip(case.inputs, copies, strict=True):
            np.testing.assert_array_equal(x, kept)


def test_notebooks_ask_exactly_the_exercises_there_are_in_their_order():
    for source in NOTEBOOKS.glob("*.py"):
        calls = re.findall(r"^check\(\"([\w.]+)\"", source.read_text("utf-8"), re.MULTILINE)
        asked = list(dict.fromkeys(calls))
        assert asked == [id_ for id_ in EVERY if id_[:2] == source.name[:2]]


def code_cells(source):
    """Give the code cells of a text form, in their order."""
    cells = re.split(r"^# %%(.*)$", source.read_text("utf-8"), flags=re.MULTILINE)
    return [
        body for heading, body in zip(cells[1::2], cells[2::2], strict=True)
        if "[markdown]" not in heading
    ]  # fmt: skip


CHECK = re.compile(r"^check\(.*\)", re.MULTILINE)


def exercise_code(source):
    """Give what a notebook does for its exercises: imports, the answers left open, the checks."""
    cells = code_cells(source)
    asking = [cell for cell in cells if CHECK.search(cell)]
    answers = set(re.findall(r"^check\(\"[\w.]+\", (\w+)\)", "\n".join(asking), re.MULTILINE))
    stubs = [
        ast.unparse(node) for cell in cells for node in ast.parse(cell).body
        if getattr(node, "name", None) in answers
        or (isinstance(node, ast.Assign) and node.targets[0].__dict__.get("id") in answers)
    ]  # fmt: skip
    calls = [call for cell in asking for call in CHECK.findall(cell)]
    imports = [
        ast.unparse(node) for cell in cells for node in ast.parse(cell).body
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]  # fmt: skip
    return "\n".join([*imports, *stubs, *calls]), len(calls)


@pytest.mark.parametrize("source", sorted(NOTEBOOKS.glob("*.py")), ids=lambda path: path.stem)
def test_an_untouched_notebook_scores_nothing(source, capsys):
    code, num_checks = exercise_code(source)
    exec(compile(code, source.name, "exec"), {"__name__": "__main__"})
    said = capsys.readouterr().out
    wanted = [id_ for id_ in EVERY if id_[:2] == source.name[:2]]
    assert num_checks >= len(wanted)
    assert all(f"{id_}: not attempted yet." in said for id_ in wanted)
    assert "✓" not in said
    assert storage.read_progress() == {}


def test_a_check_can_fail():
    """Guard the tests above: a wrong solution would not pass, and a right near miss would."""
    exercise = EVERY["02.correlate"]
    assert examine(exercise, lambda image, kernel: np.zeros((2, 2))).status == WRONG
    assert examine(exercise, exercise.solution).status == SOLVED
