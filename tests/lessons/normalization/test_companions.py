"""companions: who is marked is who a change is felt by, and nobody else."""

import numpy as np
import pytest

from course_lib import numpy_ops
from course_lib.lessons.normalization.companions import NEIGHBORS, companions_of
from course_lib.lessons.normalization.figures import normalized

SHAPE = (3, 6, 2, 3)


@pytest.mark.parametrize("norm", ["batch", "layer", "instance", "group"])
def test_a_change_is_felt_by_the_companions_alone(norm):
    rng = np.random.default_rng(seed=0)
    x, place = rng.standard_normal(SHAPE), (1, 4, 1, 2)
    changed = x.copy()
    changed[place] += 0.7
    moved = normalized(x, norm, groups=3) != normalized(changed, norm, groups=3)
    assert (moved == companions_of(norm, SHAPE, place, groups=3)).all()


def test_local_response_norm_looks_at_neighboring_channels():
    x, place = np.ones(SHAPE), (0, 2, 1, 1)
    y = numpy_ops.local_response_norm(x, size=NEIGHBORS, alpha=1.0)
    felt = []
    for other in np.ndindex(*SHAPE):
        changed = x.copy()
        changed[other] = 2.0
        y_changed = numpy_ops.local_response_norm(changed, size=NEIGHBORS, alpha=1.0)
        felt.append(y_changed[place] != y[place])
    assert (np.reshape(felt, SHAPE) == companions_of("local response", SHAPE, place)).all()


def test_an_unknown_norm_is_named():
    with pytest.raises(ValueError, match=r"^companions_of received norm="):
        companions_of("spectral", SHAPE, (0, 0, 0, 0))
