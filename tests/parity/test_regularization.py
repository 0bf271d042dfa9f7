"""numpy_ops.regularization against torch_ops, closed forms, statistics, and differences."""

from functools import partial

import numpy as np
import pytest
import torch
from compare import assert_same

from course_lib import numpy_ops, torch_ops
from course_lib.gradcheck import gradcheck
from course_lib.parity.cases.regularization import CASES
from course_lib.parity.runner import run_case

SIDES = pytest.mark.parametrize("side", [numpy_ops, torch_ops], ids=["numpy", "torch"])
OPERATIONS = pytest.mark.parametrize("operation", ["dropout", "dropout2d"])


def ones_and_generator(side, shape, seed):
    """Make ones and a generator of the kind that this side takes."""
    if side is numpy_ops:
        return np.ones(shape), np.random.default_rng(seed)
    return torch.ones(shape, dtype=torch.float64), torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("case", CASES, ids=str)
def test_twins_agree(case, dtype):
    row = run_case(case, dtype=dtype)
    assert row.passed, row


@pytest.mark.parametrize("case", CASES, ids=str)
def test_dropout_passes_gradcheck(case):
    inputs = case.inputs(np.random.default_rng(seed=1))
    gradcheck(partial(getattr(numpy_ops, case.operation), **case.options), inputs, rtol=1e-6)


@OPERATIONS
def test_dropout_matches_its_closed_form(operation):
    rng = np.random.default_rng(seed=2)
    x = rng.standard_normal((2, 5, 7, 3))
    y, mask = getattr(numpy_ops, operation)(x, p=0.2, generator=rng)
    assert_same(y, np.where(mask, x / 0.8, 0.0))


@OPERATIONS
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_the_mask_of_one_side_reproduces_the_result_on_the_other(operation, dtype):
    rng = np.random.default_rng(seed=3)
    x = rng.standard_normal((2, 5, 7, 3)).astype(dtype)
    y, mask = getattr(numpy_ops, operation)(x, p=0.3, generator=rng)
    twin = getattr(torch_ops, operation)(torch.from_numpy(x), p=0.3, mask=torch.from_numpy(mask))
    assert_same(twin.y, y, tolerance=0.0)
    assert_same(twin.mask, mask)


@SIDES
@pytest.mark.parametrize("p", [0.1, 0.5, 0.9])
def test_a_share_p_is_dropped_and_the_mean_stays(side, p):
    x, generator = ones_and_generator(side, (400, 500), seed=4)
    y, mask = side.dropout(x, p=p, generator=generator)
    # Six standard deviations of a share among 200,000 draws.
    slack = 6 * (p * (1 - p) / 200_000) ** 0.5
    assert abs(float((~mask).sum()) / 200_000 - p) < slack
    assert abs(float(y.mean()) - 1) < slack / (1 - p)
    # Independent draws: neighbors are dropped together p * p of the time.
    both = float((~mask[:, 1:] & ~mask[:, :-1]).sum()) / (400 * 499)
    assert abs(both - p * p) < 0.01


@SIDES
def test_dropout2d_drops_whole_channels(side):
    x, generator = ones_and_generator(side, (50, 40, 2, 3), seed=5)
    y, mask = side.dropout2d(x, p=0.25, generator=generator)
    assert tuple(mask.shape) == (50, 40, 1, 1)
    assert bool((y == y[:, :, :1, :1]).all())
    assert abs(float((~mask).sum()) / 2000 - 0.25) < 6 * (0.25 * 0.75 / 2000) ** 0.5


@SIDES
@OPERATIONS
def test_evaluation_copies_and_keeps_everything(side, operation):
    x, _ = ones_and_generator(side, (2, 3, 5, 7), seed=6)
    y, mask = getattr(side, operation)(x, training=False)
    assert_same(y, x)
    assert not np.shares_memory(np.asarray(y), np.asarray(x))
    assert bool(mask.all())


@SIDES
@OPERATIONS
def test_p_0_keeps_and_p_1_drops_everything(side, operation):
    x, generator = ones_and_generator(side, (2, 3, 5, 7), seed=7)
    assert_same(getattr(side, operation)(x, p=0.0, generator=generator).y, x)
    assert_same(getattr(side, operation)(x, p=1.0, generator=generator).y, 0 * x)


@SIDES
@OPERATIONS
def test_a_seed_repeats_the_mask_and_a_generator_moves_on(side, operation):
    x, generator = ones_and_generator(side, (3, 50, 2, 2), seed=8)
    _, again = ones_and_generator(side, (3, 50, 2, 2), seed=8)
    first, second = (getattr(side, operation)(x, generator=generator).mask for _ in range(2))
    assert_same(getattr(side, operation)(x, generator=again).mask, first)
    assert not bool((first == second).all())
