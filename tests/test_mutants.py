"""The planted mistakes are up to date, and the harness tells caught from surviving."""

import shutil

import pytest
from mutants import ROOT, Mutant, all_mutants
from mutants.__main__ import is_caught


@pytest.mark.parametrize("mutant", all_mutants(), ids=lambda mutant: mutant.name)
def test_mutant_can_be_planted(mutant, tmp_path):
    target = tmp_path / mutant.file
    target.parent.mkdir(parents=True)
    shutil.copy(ROOT / mutant.file, target)
    mutant.plant(tmp_path)
    if target.suffix == ".py":
        compile(target.read_text(encoding="utf-8"), mutant.file, "exec")


def test_mutants_are_named_once():
    names = [mutant.name for mutant in all_mutants()]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    "new, caught",
    [
        pytest.param("+ 2", True, id="a fault"),
        pytest.param("+ 1 + 0", False, id="no fault"),
    ],
)
def test_the_harness_tells_a_fault_from_none(new, caught):
    mutant = Mutant(
        "course_lib/shapes.py",
        "// axis.stride + 1\n",
        f"// axis.stride {new}\n",
        "self test",
        "tests/test_shapes.py::test_pooling_stride_defaults_to_the_window",
    )
    assert is_caught(mutant) == caught
