"""Finds the exercises of the course: those of each lesson, by the number of its notebook."""

import importlib
from difflib import get_close_matches
from importlib.util import find_spec

from course_lib.contents import NUMBERS
from course_lib.exercises.record import Exercise
from course_lib.exercises.wording import short


def exercises_of(notebook: str) -> dict[str, Exercise]:
    """Give the exercises of a notebook, such as "02", by their id and in their order.

    They are the `EXERCISES` of its lesson; a notebook that has none yet gives an empty dict.
    """
    slug = NUMBERS.get(notebook)
    package = f"course_lib.lessons.{slug}"
    module = f"{package}.exercises"
    if slug is None or find_spec(package) is None or find_spec(module) is None:
        return {}
    # By name, so that the engine depends on no lesson.
    return {exercise.id: exercise for exercise in importlib.import_module(module).EXERCISES}


def exercises_by_notebook() -> dict[str, dict[str, Exercise]]:
    """Give the exercises of every notebook that has some, in the order of the course."""
    every = {notebook: exercises_of(notebook) for notebook in NUMBERS}
    return {notebook: found for notebook, found in every.items() if found}


def all_exercises() -> dict[str, Exercise]:
    """Give every exercise of the course by its id."""
    return {id_: each for found in exercises_by_notebook().values() for id_, each in found.items()}


def find(exercise_id: str) -> Exercise | None:
    """Find an exercise by its id; only the lesson of its notebook is imported."""
    if not isinstance(exercise_id, str):
        return None
    return exercises_of(exercise_id.partition(".")[0]).get(exercise_id)


def unknown(exercise_id: object) -> str:
    """Say that there is no such exercise, and which was meant."""
    known = list(all_exercises())
    named = short(exercise_id)
    close = get_close_matches(named.strip("'"), known, n=1) or known[:1]
    return f"There is no exercise {named}; perhaps you mean {close[0]!r}."
