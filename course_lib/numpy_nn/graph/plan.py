"""What can be told about a program before it runs: what is needed how long, and what for."""

from collections.abc import Set
from typing import Any

from course_lib.numpy_nn.graph.program import Program, Value, Weight, references
from course_lib.numpy_nn.graph.table import OPERATIONS


class Plan:
    """A program with the order in which its values can be let go, and the gradients it wants.

    Attributes
    ----------
    last_use : list of list of Value
        For each step, the values that no later step reads.
    modes : tuple of bool
        The mode of every layer.
    checked : bool
        Whether its outputs have been compared with torch's.
    checked_gradients : set
        For which outputs the gradients have been compared with torch's.
    """

    def __init__(self, program: Program, frozen: Set[str], modes: tuple[bool, ...]) -> None:
        self.program, self.frozen, self.modes = program, frozen, modes
        self.last_use = _last_use(program)
        self.checked = False
        self.checked_gradients: set[Any] = set()
        self._wanted: dict[bool, set[Any]] = {}

    def wanted(self, needs_grad_x: bool) -> set[Any]:
        """Give the values and weights that a gradient is wanted for: those on a way to one."""
        if needs_grad_x not in self._wanted:
            self._wanted[needs_grad_x] = self._find_wanted(needs_grad_x)
        return self._wanted[needs_grad_x]

    def _find_wanted(self, needs_grad_x: bool) -> set[Any]:
        wanted: set[Any] = set(self.program.inputs if needs_grad_x else ())
        wanted |= self._trained(self.program.outputs)
        for step in self.program.steps:
            if not step.differentiable or OPERATIONS[step.operation].backward is None:
                continue
            sources = set(references(step.arguments))
            wanted |= self._trained(sources)
            if sources & wanted:
                wanted |= {result for result in step.results if result is not None}
        return wanted

    def _trained(self, sources: Any) -> set[Weight]:
        return {s for s in sources if isinstance(s, Weight) and s.name not in self.frozen}


def _last_use(program: Program) -> list[list[Value]]:
    last: dict[Value, int] = {}
    for position, step in enumerate(program.steps):
        for source in (*references(step.arguments), *step.results):
            if isinstance(source, Value):
                last[source] = position
    for output in references((*program.outputs, *program.updates.values())):
        last.pop(output, None)
    uses: list[list[Value]] = [[] for _ in program.steps]
    for value, position in last.items():
        uses[position].append(value)
    return uses
