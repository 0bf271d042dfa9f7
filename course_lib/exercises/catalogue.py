"""All exercises, one file a notebook."""

import importlib
from difflib import get_close_matches

from course_lib.exercises.record import Exercise

TOPICS = {
    "00": "start_here",
    "01": "images",
    "02": "convolution",
    "03": "kernels",
    "04": "convolutional_layer",
    "05": "receptive_fields",
    "06": "equivariance",
    "16": "training_a_cnn",
}


def exercises_of(notebook: str) -> dict[str, Exercise]:
    """Give the exercises of a notebook, such as "02", by their id and in their order."""
    module = importlib.import_module(f"course_lib.exercises.{TOPICS[notebook]}")
    return {exercise.id: exercise for exercise in module.EXERCISES}


def all_exercises() -> dict[str, Exercise]:
    """Give every exercise of the course by its id."""
    return {id_: each for notebook in TOPICS for id_, each in exercises_of(notebook).items()}


def find(exercise_id: str) -> Exercise | None:
    """Find an exercise by its id; only the file of its notebook is imported."""
    notebook = str(exercise_id).partition(".")[0]
    return exercises_of(notebook).get(exercise_id) if notebook in TOPICS else None


def unknown(exercise_id: object) -> str:
    """Say that there is no such exercise, and which was meant."""
    known = list(all_exercises())
    close = get_close_matches(str(exercise_id), known, n=1) or known[:1]
    return f"There is no exercise {exercise_id!r}; perhaps you mean {close[0]!r}."
