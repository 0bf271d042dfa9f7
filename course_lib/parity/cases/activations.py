"""Cases for the activations."""

from course_lib.parity.cases import Case, normal

SHAPES = {
    "images": (2, 3, 5, 7),
    "row": (11,),
    "number": (),
    "empty-batch": (0, 3, 5),
}

CASES = [Case("relu", name, normal(shape)) for name, shape in SHAPES.items()]
CASES += [
    Case(operation, name, normal(shape), {"axis": axis})
    for operation in ("softmax", "log_softmax")
    for name, shape, axis in [
        ("scores", (3, 7), 1),
        ("channels", (2, 3, 5, 7), 1),
        ("last-axis", (2, 5, 3), -1),
        ("first-axis", (5, 2, 3), 0),
        ("row", (11,), 0),
        ("number", (), 0),
        ("one-class", (5, 1), 1),
        ("empty-batch", (0, 3), 1),
        ("no-classes", (3, 0), 1),
    ]
]
