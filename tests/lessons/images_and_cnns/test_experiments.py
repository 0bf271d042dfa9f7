"""experiments.pixel_correlation: against SciPy, closed forms and bad input."""

import numpy as np
import pytest
from scipy.stats import pearsonr

from course_lib.lessons.images_and_cnns.experiments import pixel_correlation

rng = np.random.default_rng(seed=0)


@pytest.mark.parametrize("distance", [1, 3, 6])
def test_agrees_with_scipy(distance):
    image = rng.random((5, 8))
    pairs = [(row[j], row[j + distance]) for row in image for j in range(8 - distance)]
    wanted = pearsonr(*zip(*pairs, strict=True)).statistic
    assert pixel_correlation(image, [distance])[0] == pytest.approx(wanted, rel=1e-12)


def test_moving_average_has_its_closed_form():
    noise = rng.standard_normal((400, 1003))
    smooth = sum(noise[:, k : k + 1000] for k in range(4))  # shares 4 - d of its terms
    np.testing.assert_allclose(
        pixel_correlation(smooth, [1, 2, 3, 4]), [0.75, 0.5, 0.25, 0], atol=0.01
    )


@pytest.mark.parametrize(
    "image, distances, error",
    [
        pytest.param(np.ones((1, 3, 4)), [1], ValueError, id="channels"),
        pytest.param(rng.random((3, 4)), [4], ValueError, id="too-far"),
        pytest.param(rng.random((3, 4)), [0], ValueError, id="zero"),
        pytest.param(rng.random((3, 4)), [1.5], TypeError, id="half"),
        pytest.param(np.ones((3, 4)), [1], ValueError, id="flat"),
    ],
)
def test_bad_input_is_named(image, distances, error):
    with pytest.raises(error, match=r"^pixel_correlation received"):
        pixel_correlation(image, distances)
