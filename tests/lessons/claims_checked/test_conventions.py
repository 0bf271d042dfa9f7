"""conventions: two ways must differ, and the two libraries must agree on each."""

import numpy as np
import pytest
import torch

from course_lib.lessons.claims_checked.conventions import side_by_side

X = np.array([1.0, 2.0, 4.0])


def test_arrays_and_tensors_are_written_a_line_a_way():
    ways = {"as it is": (X, torch.tensor(X)), "negated": (-X, -torch.tensor(X))}
    assert side_by_side(ways).splitlines() == ["as it is   1 2 4", "negated    −1 −2 −4"]


def test_libraries_that_differ_are_told():
    with pytest.raises(ValueError, match="'variance' with"):
        side_by_side({"variance": (X.var(), torch.tensor(X).var()), "other": (1, 1)})


@pytest.mark.parametrize("other", [X, X + 1e-12], ids=["equal", "almost"])
def test_ways_that_do_not_differ_are_refused(other):
    with pytest.raises(ValueError, match="under both conventions"):
        side_by_side({"one": (X, X), "other": (other, other)})
