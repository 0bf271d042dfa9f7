"""experiments: correlations against SciPy, orders of pixels, and verdicts on seeds not shown."""

from itertools import pairwise

import numpy as np
import pytest
from scipy.stats import pearsonr

from course_lib.lessons.images_and_cnns import experiments
from course_lib.lessons.images_and_cnns.experiments import pixel_correlation

HELD_BACK = (3, 4, 5)
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


@pytest.mark.parametrize("tile", [1, 2, 4, 8])
def test_tiles_move_and_are_whole(tile):
    order = experiments.tile_order(tile, np.random.default_rng(seed=tile)).reshape(16, 16)
    assert sorted(order.ravel()) == list(range(256))
    tiles = order.reshape(16 // tile, tile, 16 // tile, tile).swapaxes(1, 2)
    inside = 16 * np.arange(tile)[:, None] + np.arange(tile)
    np.testing.assert_array_equal(tiles - tiles[..., :1, :1], np.broadcast_to(inside, tiles.shape))
    assert (
        tiles[..., 0, 0] != experiments.tile_order(16, rng).reshape(16, 16)[::tile, ::tile]
    ).all()


def test_tiles_that_do_not_fill_the_image_are_named():
    with pytest.raises(ValueError, match=r"^tile_order received tile=3"):
        experiments.tile_order(3, rng)


@pytest.mark.parametrize("arrangement", experiments.ARRANGEMENTS)
def test_all_images_share_one_order_and_lose_nothing(arrangement):
    plain, moved = (experiments.digits(name, seed=7) for name in ("as they are", arrangement))
    columns = [
        np.concatenate([data.x_train, data.x_test]).reshape(2000, 256) for data in (plain, moved)
    ]
    np.testing.assert_array_equal(*(pixels[:, np.lexsort(pixels)] for pixels in columns))
    np.testing.assert_array_equal(plain.y_test, moved.y_test)


def test_the_mirror_swaps_left_and_right():
    plain, mirrored = (experiments.digits(name, seed=7) for name in ("as they are", "mirrored"))
    np.testing.assert_array_equal(mirrored.x_test, plain.x_test[..., ::-1])


@pytest.mark.slow
def test_verdicts_hold_on_other_seeds():
    ends = ("as they are", "shuffled")
    mlp = experiments.accuracies("MLP", ends, seeds=HELD_BACK)
    cnn = experiments.accuracies("CNN", list(experiments.ARRANGEMENTS), seeds=HELD_BACK)
    assert abs(np.subtract(*mlp.values())).max() < 0.08
    assert np.subtract(cnn["as they are"], cnn["shuffled"]).min() > 0.6
    assert np.subtract(cnn["as they are"], mlp["as they are"]).min() > 0.3
    assert np.subtract(mlp["shuffled"], cnn["shuffled"]).min() > 0.1
    assert abs(np.subtract(cnn["mirrored"], cnn["as they are"])).max() < 0.05
    finer = [values for name, values in cnn.items() if name != "mirrored"]
    assert all(min(np.subtract(*pair)) > 0 for pair in pairwise(finer))


@pytest.mark.slow
def test_more_passes_do_not_save_the_cnn():
    longer = experiments.accuracies("CNN", ["shuffled"], seeds=(0,), passes={"CNN": 60})
    assert longer["shuffled"][0] < 0.35
