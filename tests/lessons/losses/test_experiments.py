"""experiments: measures that are right, and the notebook's verdicts on seeds it does not show."""

import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from course_lib import numpy_ops
from course_lib.lessons.losses import experiments
from course_lib.lessons.losses.experiments import Answers, Reading

HELD_BACK = (3, 4, 5)
BY_HAND = Answers(np.array([0.9, 0.6, 0.5, 0.2]), np.array([True, False, True, True]))


def test_one_scan_in_twenty_shows_the_rare_digit():
    x, is_rare = experiments.rare_scans("train", np.random.default_rng(0))
    assert 0.045 < is_rare.mean() < 0.06
    assert len(np.unique(x.reshape(len(x), -1), axis=0)) == len(x)  # every scan has its own noise


def test_splits_share_no_digit():
    parts = [experiments._digits(part)[0] for part in ("train", "validation", "test")]
    assert [len(part) for part in parts] == [997, 300, 500]
    images = np.concatenate(parts).reshape(1797, -1)
    assert len(np.unique(images, axis=0)) > 1790  # a few digits were written alike


@pytest.mark.parametrize(
    "measure, expected",
    [
        (experiments.found, 2 / 3),
        (experiments.false_alarms, 1.0),
        (experiments.share_right, 0.5),
        (experiments.average_precision, (1 + 2 / 3 + 3 / 4) / 3),
    ],
)
def test_measures_by_hand(measure, expected):
    assert measure(BY_HAND) == pytest.approx(expected)


def test_average_precision_is_that_of_scikit_learn():
    rng = np.random.default_rng(0)
    given = Answers(rng.random(200), rng.random(200) < 0.2)
    expected = average_precision_score(given.truth, given.probability)
    assert experiments.average_precision(given) == pytest.approx(expected)


def test_who_says_what_happens_has_no_calibration_error():
    said = np.repeat([0.25, 0.75], 40)
    happened = np.tile([True, False, False, False], 20)
    happened[40:] = ~happened[40:]
    assert experiments.calibration_error(said, happened) == pytest.approx(0)
    assert experiments.calibration_error(np.ones(4), np.zeros(4, bool)) == 1


@pytest.mark.parametrize("gamma, weight", [(0, 1), (2, 1), (5, 1), (0, 19), (2, 3)])
def test_honest_finds_where_the_mean_loss_is_least(gamma, weight):
    p = np.array([0.1, 0.35, 0.6, 0.9])
    chance = experiments.honest(p, gamma=gamma, weight=weight)
    options = {"gamma": gamma, "alpha": None, "reduction": "none"}

    def loss(z):
        yes, no = (numpy_ops.binary_focal_loss(z, np.full(4, t), **options) for t in (1.0, 0.0))
        return chance * weight * yes + (1 - chance) * no

    z = np.log(p / (1 - p))
    assert (loss(z) < np.minimum(loss(z + 1e-3), loss(z - 1e-3))).all()


def test_temperature_undoes_what_scores_were_multiplied_with():
    rng = np.random.default_rng(0)
    p = rng.dirichlet(np.ones(4), 4000)
    labels = (p.cumsum(axis=1) < rng.random((4000, 1))).sum(axis=1)
    assert experiments.best_temperature(Reading(3 * np.log(p), labels)) == pytest.approx(3, rel=0.1)
    sure = experiments.confidence_of(Reading(3 * np.log(p), labels))
    cooled = experiments.confidence_of(Reading(3 * np.log(p), labels), temperature=3)
    assert sure.accuracy == cooled.accuracy
    assert cooled.error < 0.05 < sure.error


def test_the_same_seed_gives_the_same_answers_and_another_seed_others():
    first = experiments.detect("weight 3", seeds=(7,), steps=5)[0]
    experiments._detect.cache_clear()
    again, other = experiments.detect("weight 3", seeds=(7, 8), steps=5)
    assert np.array_equal(first.probability, again.probability)
    assert not np.array_equal(first.probability, other.probability)


@pytest.fixture(scope="module")
def answers():
    return {name: experiments.detect(name, seeds=HELD_BACK) for name in experiments.DETECTING}


def differences(measure, ours, theirs, *threshold):
    return [measure(a) - measure(b, *threshold) for a, b in zip(ours, theirs, strict=True)]


@pytest.mark.slow
def test_cross_entropy_is_as_right_as_a_stamp_and_finds_few(answers):
    for given in answers["cross-entropy"]:
        assert abs(experiments.share_right(given) - (1 - given.truth.mean())) < 0.01
        assert experiments.found(given) < 0.15


@pytest.mark.slow
@pytest.mark.parametrize("name, bar", [("weight 3", 0.25), ("weight 19", 0.05)])
def test_a_moved_bar_does_what_a_weight_does(answers, name, bar):
    for measure in (experiments.found, experiments.false_alarms):
        off = differences(measure, answers[name], answers["cross-entropy"], bar)
        assert np.abs(off).max() < 0.12


@pytest.mark.slow
def test_no_loss_orders_better_in_the_end(answers):
    for name in answers:
        off = differences(experiments.average_precision, answers[name], answers["cross-entropy"])
        assert np.abs(off).max() < 0.07, name


@pytest.mark.slow
def test_cross_entropy_alone_is_calibrated(answers):
    errors = {n: [experiments.calibration_error(*a) for a in runs] for n, runs in answers.items()}
    best = max(errors.pop("cross-entropy"))
    assert best < 0.03
    assert all(min(values) > best + 0.02 for values in errors.values())


@pytest.mark.slow
@pytest.mark.parametrize("name, gain", [("focal γ = 2", 0.015), ("weight 19", 0.03)])
def test_remedies_are_ahead_when_training_is_cut_short(name, gain):
    ours, plain = (
        experiments.detect(n, seeds=HELD_BACK, steps=80) for n in (name, "cross-entropy")
    )
    assert min(differences(experiments.average_precision, ours, plain)) > gain


@pytest.mark.slow
@pytest.mark.parametrize("count, sign", [(8000, 1), (200, -1)])
def test_smoothing_helps_only_where_a_reader_is_too_sure(count, sign):
    plain = experiments.read("cross-entropy", count, seeds=HELD_BACK)
    smooth = experiments.read("smoothing 0.1", count, seeds=HELD_BACK)
    before, after = (
        np.array([experiments.confidence_of(test) for _, test in runs]) for runs in (plain, smooth)
    )
    assert (sign * (after - before)[:, 2]).min() > 0.01
    assert (sign * (after[:, 0] - after[:, 1])).min() > 0.03
    divided = [c.error for c in experiments.cooled(plain)]
    assert (divided < after[:, 2] - 0.02).all()
