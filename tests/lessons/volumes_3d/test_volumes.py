"""volumes and clouds: what is drawn is what its label says, and marks are scored as they should."""

import numpy as np
import pytest

from course_lib.lessons.volumes_3d import clouds, volumes


def test_vessels_run_through_all_slices_and_nodules_do_not():
    drawn = volumes.draw_volumes(12, seed=3)
    vessels, nodules = ((drawn.tissue[:, 0] == label).any(axis=(2, 3)) for label in (1, 2))
    assert vessels.all()
    assert nodules.any(axis=1).sum() >= 10
    assert nodules.sum(axis=1).max() <= 2 * 7


def test_vessels_and_nodules_are_equally_bright():
    drawn = volumes.draw_volumes(30, seed=4)
    bright = [drawn.x[drawn.tissue == label].mean() for label in (0, 1, 2)]
    assert bright[1] == pytest.approx(bright[2], abs=0.01)
    assert bright[1] > bright[0] + 0.4


def test_dice_counts_what_both_have_twice():
    marks, truth = np.zeros((2, 10), bool)
    marks[:4], truth[2:8] = True, True
    assert volumes.dice(marks, truth) == 2 * 2 / (4 + 6)


def test_the_best_limit_is_the_best_of_all():
    rng = np.random.default_rng(0)
    scores, truth = rng.standard_normal(60), rng.random(60) < 0.2
    best = volumes.dice(scores > volumes.best_limit(scores, truth), truth)
    assert best == pytest.approx(max(volumes.dice(scores >= score, truth) for score in scores))


def test_points_are_on_their_surfaces():
    points, shapes = clouds.clouds(40, seed=0, turned=False)
    far = np.linalg.norm(points - 0.5, axis=2)
    spread = far.std(axis=1) / far.mean(axis=1)
    assert (spread[shapes == 0] < 0.09).all() and (spread[shapes != 0] > 0.09).all()
    flat = np.ptp(points[..., 2], axis=1) < 0.6 * np.ptp(points[..., 0], axis=1)
    assert (flat == (shapes == 2)).all()


def test_turning_keeps_distances_from_the_middle():
    standing, turned = (clouds.clouds(9, seed=0, turned=turned)[0] for turned in (False, True))
    assert standing.shape == turned.shape and not np.allclose(standing, turned)
    matrices = clouds._turns(np.random.default_rng(0), 5)
    np.testing.assert_allclose(matrices @ matrices.transpose(0, 2, 1), np.eye(3)[None].repeat(5, 0),
                               atol=1e-12)  # fmt: skip


def test_a_voxel_is_one_where_there_are_points_in_any_order():
    rng = np.random.default_rng(0)
    points = rng.random((50, 3))
    grid = clouds.voxels(points, 4)
    places = {tuple(place) for place in np.floor(points * 4).astype(int)}
    assert {(x, y, z) for z, y, x in np.argwhere(grid)} == places
    np.testing.assert_array_equal(grid, clouds.voxels(rng.permutation(points), 4))
