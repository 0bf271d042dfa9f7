"""signals: what the networks read is what the notebook says."""

from itertools import pairwise

import numpy as np
import pytest

from course_lib import numpy_ops
from course_lib.lessons.signals_1d import signals


def test_one_hot_has_one_channel_a_symbol():
    numbers = np.array([[2, 0], [1, 1], [0, 2]])
    x = signals.one_hot(numbers, num_symbols=4)
    assert (x.shape, x.dtype) == ((3, 4, 2), np.float32)
    np.testing.assert_array_equal(x.argmax(axis=1), numbers)
    np.testing.assert_array_equal(x.sum(axis=1), 1)


def test_the_first_symbol_is_the_label():
    x, first = signals.first_symbols(50, np.random.default_rng(0))
    assert x.shape == (50, 8, 64)
    np.testing.assert_array_equal(x[:, :, 0].argmax(axis=1), first)
    assert set(first) == set(range(8))
    again, asked = signals.first_symbols(50, np.random.default_rng(0), place=3)
    np.testing.assert_array_equal(again, x)
    np.testing.assert_array_equal(asked, x[:, :, 3].argmax(axis=1))


def test_the_spectrogram_is_a_convolution_of_fixed_waves():
    x = np.random.default_rng(0).standard_normal(200)
    angle = 2 * np.pi * np.outer(np.arange(9), np.arange(16)) / 16
    fade = np.hanning(17)[:-1]
    waves = np.concatenate([np.cos(angle), np.sin(angle)])[:, None] * fade
    y = numpy_ops.conv1d(x[None, None], waves, stride=5)[0]
    np.testing.assert_allclose(
        signals.spectrogram(x, window=16, hop=5), np.hypot(y[:9], y[9:]), atol=1e-9
    )


def melody(wave):
    """Give the strongest frequency of each window of a call, as the row of its picture."""
    picture = signals.spectrogram(wave)
    loud = picture.max(axis=0) > 0.6 * picture.max()
    return picture.argmax(axis=0)[loud]


def test_calls_rise_and_fall_glide_and_step_as_they_are_named(monkeypatch):
    monkeypatch.setattr(signals, "NOISE", 0.0)
    x, kinds = signals.calls(60, seed=0)
    assert x.shape == (60, 1, 1024) and set(kinds) == {0, 1, 2, 3}
    for wave, kind in zip(x[:, 0], kinds, strict=True):
        rows, name = melody(wave), signals.SOUNDS[kind]
        assert (rows[0] < rows[-1]) == name.endswith("up")
        assert (abs(np.diff(rows)).max() > 2) == name.startswith("steps")
        assert np.count_nonzero(wave) == pytest.approx(signals.CALL, abs=3)


def test_pictures_have_mean_0_and_spread_1_and_the_waves_labels():
    forms = signals.sounds(seed=3, num_train=30, num_test=10)
    pictures = forms["pictures"].x_train
    assert pictures.shape == (30, 1, 33, 31) and forms["waves"].x_test.shape == (10, 1, 1024)
    assert pictures.mean() == pytest.approx(0, abs=1e-4)
    assert pictures.std() == pytest.approx(1, abs=1e-4)
    np.testing.assert_array_equal(forms["waves"].y_train, forms["pictures"].y_train)


def words_of(x):
    return ["".join(signals.BASES[base] for base in one.argmax(axis=0)) for one in x]


def test_dna_holds_the_motif_in_class_1_only(monkeypatch):
    monkeypatch.setattr(signals, "KEPT", 1.0)
    data = signals.genomes(seed=0, num_train=200, num_test=20)
    assert data.x_train.shape == (200, 4, 100)
    held = np.array([signals.MOTIF in word for word in words_of(data.x_train)])
    assert held[data.y_train == 1].all()
    assert held[data.y_train == 0].mean() < 0.05


def test_counting_letters_does_not_help():
    data = signals.genomes(seed=0, num_train=4000, num_test=1)
    counts = [data.x_train[data.y_train == label].sum(axis=2).mean(axis=0) for label in (0, 1)]
    np.testing.assert_allclose(counts[0], counts[1], atol=0.5)


def test_the_poem_has_letters_and_blanks_only():
    assert set(signals.POEM) <= set("abcdefghijklmnopqrstuvwxyz ")
    assert "  " not in signals.POEM and signals.POEM.endswith(" ")
    numbers = signals.as_numbers("the")
    assert [signals.ALPHABET[number] for number in numbers] == list("the")


@pytest.mark.parametrize(
    "text, letters, floor",
    [
        ("abab", 1, 0.0),  # each letter tells the next
        ("aabaab" + "a", 1, (4 * np.log(2)) / 6),  # behind a comes a or b, as often; behind b a
        ("abcd", 0, np.log(3)),  # three guesses, all different
    ],
)
def test_the_floor_is_the_entropy_counted_by_hand(text, letters, floor):
    assert signals.least_loss(letters, text=text) == pytest.approx(floor)


def test_the_floor_falls_with_every_letter():
    floors = [signals.least_loss(n) for n in range(6)]
    assert all(later < former for former, later in pairwise(floors))
