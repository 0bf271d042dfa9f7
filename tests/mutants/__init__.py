"""Planted mistakes: small, plausible faults that the tests must catch.

`python -m mutants` (from `tests/`) or `make mutants` plants each one in a copy of the project and
runs the tests that are to catch it. A mutant that survives shows what no test looks at.
"""

import importlib
import pkgutil
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]


class Mutant(NamedTuple):
    """Replace `old`, which stands once in `file`, by `new`; then `tests` must fail.

    `tests` are arguments of pytest: paths, node ids, `-k` and an expression.
    """

    file: str
    old: str
    new: str
    fault: str
    tests: str

    @property
    def name(self) -> str:
        """Name the mutant by its file and its fault."""
        return f"{self.file}: {self.fault}"

    def plant(self, root: Path) -> None:
        """Make the mistake in the project at `root`."""
        path = root / self.file
        text = path.read_text(encoding="utf-8")
        if text.count(self.old) != 1:
            raise ValueError(f"{self.name}: the text to replace stands {text.count(self.old)}×")
        path.write_text(text.replace(self.old, self.new), encoding="utf-8")


def mutants_of(file: str, tests: str, *faults: tuple[str, str, str]) -> list[Mutant]:
    """List several mutants of one file: (fault, old, new)."""
    return [Mutant(file, old, new, fault, tests) for fault, old, new in faults]


def all_mutants() -> list[Mutant]:
    """Collect the MUTANTS of every topic file in this folder."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    modules = [importlib.import_module(f"mutants.{n}") for n in names if not n.startswith("_")]
    return [mutant for module in modules for mutant in module.MUTANTS]
