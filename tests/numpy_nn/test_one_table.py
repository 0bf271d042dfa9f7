"""The table of operations is whole: what is in one part of the course is in all of them."""

import inspect

import pytest

from course_lib import numpy_nn, numpy_ops
from course_lib.analysis.field_rules import RULES
from course_lib.numpy_nn.graph.table import ELSEWHERE, OPERATIONS
from course_lib.parity.cases import all_cases

DIFFERENTIABLE = [name for name in numpy_ops.__all__ if f"{name}_backward" in numpy_ops.__all__]
IN_ROWS = {name for row in OPERATIONS.values() for name in row.references}
# Layers that hold others, or that are no operation of the table for the reason in ELSEWHERE.
OTHER_LAYERS = {"Sequential", "Residual", "Concat", "BlurPool2d", "LocalResponseNorm"}
LAYERS = {
    name
    for name, kind in vars(numpy_nn).items()
    if inspect.isclass(kind)
    and issubclass(kind, numpy_nn.Module)
    and not inspect.isabstract(kind)
    and kind not in (numpy_nn.Operation, numpy_nn.Convolution, numpy_nn.MaxPool)
}


@pytest.mark.parametrize("name", DIFFERENTIABLE)
def test_every_operation_has_a_row_or_a_reason(name):
    assert (name in IN_ROWS) != (name in ELSEWHERE), f"{name}: no row of the graph's table, or two"


def test_rows_name_operations_of_the_course_only():
    assert set(DIFFERENTIABLE) >= IN_ROWS | set(ELSEWHERE)


@pytest.mark.parametrize("name", DIFFERENTIABLE)
def test_every_operation_has_parity_cases(name):
    assert name in {case.operation for case in all_cases()}, f"{name}: no parity cases"


def test_every_layer_has_a_row_and_every_row_its_layer():
    named = {layer for row in OPERATIONS.values() for layer in row.layers}
    assert LAYERS - OTHER_LAYERS == named


# im2col and its like rearrange arrays around a layer and are none themselves.
NO_LAYER = {"im2col", "col2im", "pad2d"}


@pytest.mark.parametrize("name", sorted(IN_ROWS))
def test_every_operation_of_a_row_has_a_layer(name):
    rows = [row for row in OPERATIONS.values() if name in row.references]
    assert any(row.layers for row in rows) != (name in NO_LAYER), f"{name}: no layer"


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_row_has_a_rule_for_receptive_fields(name):
    assert OPERATIONS[name].field in RULES, f"{name}: no rule {OPERATIONS[name].field!r}"
