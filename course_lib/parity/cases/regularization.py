"""Cases for dropout: with a given mask both sides drop the same values."""

import numpy as np

from course_lib.parity.cases import Case, normal


def dropout(operation: str, name: str, x: tuple[int, ...], **options: object) -> Case:
    """Make a case with a random mask, of whole channels for `dropout2d`."""
    shape = (*x[:2], 1, 1) if operation == "dropout2d" else x
    mask = np.asarray(np.random.default_rng(seed=0).random(shape) < 0.6)
    return Case(operation, name, normal(x), {"mask": mask, **options})


CASES = [
    dropout("dropout", "half", (3, 7)),
    dropout("dropout", "images", (2, 3, 5, 7), p=0.3),
    dropout("dropout", "number", (), p=0.3),
    dropout("dropout", "nothing-dropped", (3, 7), p=0.0),
    dropout("dropout", "everything-dropped", (3, 7), p=1.0),
    dropout("dropout", "evaluation", (3, 7), training=False),
    dropout("dropout", "empty-batch", (0, 7)),
    dropout("dropout2d", "half", (2, 3, 5, 7)),
    dropout("dropout2d", "few", (2, 11, 5, 7), p=0.1),
    dropout("dropout2d", "everything-dropped", (2, 3, 5, 7), p=1.0),
    dropout("dropout2d", "evaluation", (2, 3, 5, 7), training=False),
    dropout("dropout2d", "empty-batch", (0, 3, 5, 7)),
]
