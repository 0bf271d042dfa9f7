"""experiments: honest measures, and the verdicts of the notebook on seeds it does not show."""

import numpy as np
import pytest
import torch

from course_lib.lessons.signals_1d import experiments, networks, signals

HELD_BACK = (3, 4, 5)


def test_motions_are_scaled_by_the_training_set():
    data = experiments.motions()
    np.testing.assert_allclose(data.x_train.mean(axis=(0, 2)), 0, atol=1e-5)
    np.testing.assert_allclose(data.x_train.std(axis=(0, 2)), 1, rtol=1e-4)
    assert abs(data.x_test.std() - 1) > 1e-3


def test_one_data_set_or_one_for_each():
    reader = {"a": experiments.MOTION_READERS["MLP"]._replace(steps=2)}
    data = experiments.motions()
    alone = experiments.shares_right(reader, data, seeds=(0, 1))
    assert alone == experiments.shares_right(reader, {"a": data}, seeds=(0, 1))
    assert len(alone["a"]) == 2


def test_a_fresh_network_depends_on_its_seed_only():
    reader = experiments.GENOME_READERS["scanner"]
    one, same, other = (experiments.fresh(reader, seed=seed)[0].weight for seed in (1, 1, 2))
    assert (one == same).all() and (one != other).any()


def test_the_first_symbol_needs_training():
    [share] = experiments.first_symbol("MLP", seeds=(0,), steps=2)
    assert share < 0.3


def test_a_poet_goes_on_letter_by_letter():
    poet = experiments.learn_poem(lambda: networks.next_letter((1,)), seed=0, steps=2)
    text = experiments.recite(poet.network, "twas", num_letters=3)
    assert text.startswith("twas") and len(text) == 7 and set(text) <= set(signals.ALPHABET)


def test_a_filter_made_of_the_motif_finds_it():
    network = experiments.fresh(experiments.GENOME_READERS["scanner"], seed=0)
    data = signals.genomes(seed=0, num_train=1, num_test=300)
    word = np.array([[signals.BASES.index(letter) for letter in signals.MOTIF]])
    network[0].weight.data.zero_()
    network[0].weight.data[2, :, 1:11] = torch.from_numpy(signals.one_hot(word, num_symbols=4)[0])
    network[-1].weight.data[:] = torch.tensor([[0.0, 0, 0, 0], [0, 0, 1, 0]])
    found = experiments.strongest_filter(network, data, margin=2)
    assert found.letters.shape == (4, 16)
    np.testing.assert_allclose(found.letters.sum(axis=0), 1)
    assert "".join(signals.BASES[k] for k in found.letters.argmax(axis=0))[3:13] == signals.MOTIF
    assert found.letters.max(axis=0)[3:13].min() > 0.8


def test_a_filter_that_is_a_wave_peaks_at_its_frequency():
    network = experiments.fresh(experiments.SOUND_READERS["1-D CNN, wave"], seed=0)
    wave = np.sin(2 * np.pi * 500 * np.arange(32) / signals.SAMPLE_RATE)
    network[0].weight.data[3, 0] = torch.from_numpy(wave)
    frequencies, strengths = experiments.filter_spectra(network)
    assert strengths.shape == (16, 257) and strengths.max(axis=1) == pytest.approx(np.ones(16))
    assert frequencies[strengths[3].argmax()] == pytest.approx(500, abs=20)


@pytest.mark.slow
def test_the_verdict_on_motions_holds_on_other_seeds():
    shares = experiments.shares_right(
        experiments.MOTION_READERS, experiments.motions(), seeds=HELD_BACK
    )
    assert min(shares["CNN"]) > 0.94
    assert max(shares["MLP"]) < min(shares["CNN"]) - 0.04


@pytest.mark.slow
def test_the_verdict_on_the_first_symbol_holds_on_other_seeds():
    reads = {
        kind: experiments.first_symbol(kind, seeds=HELD_BACK) for kind in experiments.SYMBOL_READERS
    }
    assert max(reads["plain"]) < 0.2
    assert min(reads["dilated"]) > 0.4
    assert min(reads["MLP"]) > 0.95


@pytest.mark.slow
def test_the_verdict_on_sounds_holds_on_other_seeds():
    readers = experiments.SOUND_READERS
    heard = experiments.shares_right(readers, experiments.sounds_for(readers), seeds=HELD_BACK)
    assert min(heard["1-D CNN, wave"] + heard["2-D CNN, spectrogram"]) > 0.93
    assert max(heard["MLP, wave"]) < 0.4
    assert 0.5 < max(heard["MLP, spectrogram"]) < 0.9


@pytest.mark.slow
def test_the_verdict_on_tuned_filters_holds_on_other_seeds():
    reader = experiments.SOUND_READERS["1-D CNN, wave"]
    waves = signals.sounds(seed=0)["waves"]
    for network in experiments.train(reader, waves, seeds=HELD_BACK):
        frequencies, strengths = experiments.filter_spectra(network)
        peaks = frequencies[strengths.argmax(axis=1)]
        assert 330 < peaks.min() and peaks.max() < 1700


@pytest.mark.slow
def test_the_verdict_on_dna_holds_on_other_seeds():
    readers, data = experiments.GENOME_READERS, signals.genomes(seed=0)
    found = experiments.shares_right(readers, data, seeds=HELD_BACK)
    assert min(found["scanner"]) > 0.8 and max(found["MLP"]) < 0.6
    for network in experiments.train(readers["scanner"], data, seeds=HELD_BACK):
        letters = experiments.strongest_filter(network, data).letters
        assert signals.MOTIF in "".join(signals.BASES[k] for k in letters.argmax(axis=0))


@pytest.mark.slow
@pytest.mark.parametrize("field, dilations", [(2, (1,)), (4, (1, 2)), (8, (1, 2, 4))])
def test_the_verdict_on_the_floor_holds_on_other_seeds(field, dilations):
    floor = signals.least_loss(field)
    for seed in HELD_BACK:
        poet = experiments.learn_poem(lambda: networks.next_letter(dilations), seed=seed)
        assert floor - 1e-4 < poet.loss < floor + 0.04
