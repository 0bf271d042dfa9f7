"""Each NumPy operation has a PyTorch twin that is called the same way."""

import subprocess
import sys
from inspect import signature
from pathlib import Path

import numpy as np
import pytest
import torch
from compare import assert_same

from course_lib import numpy_ops, torch_ops
from course_lib.contracts import TOPICS
from course_lib.parity.cases import all_cases
from course_lib.parity.cases.initialization import NOT_COMPARED

ROOT = Path(__file__).parents[2]


def call_form(function):
    return [(p.name, p.kind, p.default) for p in signature(function).parameters.values()]


def test_both_sides_export_the_same_names():
    assert numpy_ops.__all__ == torch_ops.__all__


@pytest.mark.parametrize("topic", TOPICS)
@pytest.mark.parametrize(
    "place", ["contracts", "numpy_ops", "torch_ops", "parity/cases"], ids=lambda p: p.split("/")[-1]
)
def test_a_topic_has_its_name_everywhere(topic, place):
    path = ROOT / "course_lib" / place / topic
    assert path.with_suffix(".py").is_file() or (path / "__init__.py").is_file()
    assert (ROOT / "tests" / "parity" / f"test_{topic}.py").is_file()


def test_no_name_is_offered_by_two_topics():
    assert len(set(numpy_ops.__all__)) == len(numpy_ops.__all__)


@pytest.mark.parametrize("name", numpy_ops.__all__)
def test_twins_share_one_signature(name):
    assert call_form(getattr(numpy_ops, name)) == call_form(getattr(torch_ops, name))


@pytest.mark.parametrize("module", ["numpy_ops"])
def test_numpy_side_never_imports_torch(module):
    code = f"import course_lib.{module}, sys; raise SystemExit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_every_operation_has_a_parity_case():
    covered = {case.operation for case in all_cases()}
    operations = {name for name in numpy_ops.__all__ if not name.endswith("_backward")}
    assert operations - covered == set(NOT_COMPARED)


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param(np.array([0.0, 0.0, 1e-6]) + 1, id="value"),
        pytest.param(np.ones((1, 3)), id="shape"),
        pytest.param(np.ones(3, np.float32), id="dtype"),
        pytest.param(np.array([1.0, 1.0, np.nan]), id="nan"),
    ],
)
def test_the_comparison_itself_can_fail(wrong):
    expected = torch.ones(3, dtype=torch.float64)
    assert_same(np.ones(3), expected)
    with pytest.raises(AssertionError):
        assert_same(wrong, expected)
