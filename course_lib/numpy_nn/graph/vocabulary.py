"""How one traced call is written down, and how a missing one is reported."""

from typing import Any, NamedTuple

from course_lib.errors import InvalidValue


class Call(NamedTuple):
    """An operation of `numpy_ops`, `arithmetic` or `layout`, its array inputs and its options."""

    operation: str
    arrays: tuple
    options: dict[str, Any]


class Parts(NamedTuple):
    """What `chunk` or `split` returned: each part becomes a step of its own when it is picked."""

    operation: str
    x: Any
    options: dict[str, Any]

    def pick(self, index: int) -> Call:
        """Write the step that computes one part."""
        return Call(self.operation, (self.x,), {**self.options, "index": index})


class Unsupported(InvalidValue):
    """An operation that the NumPy graph does not know."""

    def __init__(self, what: str) -> None:
        from course_lib.numpy_nn.graph.modules import MODULES
        from course_lib.numpy_nn.graph.tensors import FUNCTIONS, METHODS

        known = {
            "modules": {kind.__name__ for kind in MODULES},
            "functions": {function.__name__ for function in FUNCTIONS},
            "methods": set(METHODS),
        }
        listing = "; ".join(f"{kind} {', '.join(sorted(names))}" for kind, names in known.items())
        super().__init__(
            "from_torch", received=what, needed=f"operations from this list: {listing}",
            fix="replace it by one of these, or keep that part of the network in torch",
        )  # fmt: skip
