"""networks: weights drawn anew are those that were named, and no others."""

import pytest
import torch

from course_lib.lessons.seeing_what_cnns_learn import networks


@pytest.fixture(scope="module")
def network():
    return networks.trained()


@pytest.fixture(scope="module")
def x():
    return networks.inputs(("coffee", "cat"))


def changed(network, other):
    """Tell which convolutions and dense layers have other weights."""
    pairs = zip(network.named_parameters(), other.parameters(), strict=True)
    return [name for (name, one), two in pairs if one.ndim > 1 and not torch.equal(one, two)]


@pytest.mark.parametrize("depth", [0, 1, 2, 5, 10])
def test_weights_are_drawn_from_the_end_and_the_rest_stays(network, x, depth):
    other = networks.redrawn(network, depth, x=x)
    last = {f"features.{9 - place}" for place in range(1, depth)} if depth else set()
    found = changed(network, other)
    assert {name.rsplit(".", 1)[0].split(".")[0] for name in found} <= {"classifier", "features"}
    blocks = {".".join(name.split(".")[:2]) for name in found} - {"classifier.1"}
    assert blocks == last and ("classifier.1.weight" in found) == (depth > 0)
    assert not other.training and not network.training


def test_drawn_weights_keep_their_spread_and_biases_are_zero(network, x):
    other = networks.redrawn(network, 2, x=x)
    for one, two in ((network.features[8], other.features[8]), (network, other)):
        before, after = (next(p for p in reversed(list(m.parameters())) if p.ndim > 1)
                         for m in (one, two))  # fmt: skip
        assert (after.std() / before.std()).item() == pytest.approx(1, abs=0.01)
    assert other.classifier[1].bias.abs().max() == 0


def test_signals_keep_their_size(network, x):
    other = networks.redrawn(network, 10, x=x)
    with torch.no_grad():
        sizes = [each.features(x).std().item() for each in (network, other)]
    assert 0.2 < sizes[1] / sizes[0] < 5
    pad, conv, norm, _ = other.features[0]
    with torch.no_grad():
        y = norm(conv(pad(x)))
    torch.testing.assert_close(y.mean(dim=(0, 2, 3)), torch.zeros(32), atol=1e-4, rtol=0)
    torch.testing.assert_close(y.std(dim=(0, 2, 3)), torch.ones(32), atol=0.05, rtol=0)


def test_seeds_draw_other_weights_and_one_seed_the_same(network, x):
    one, again, other = (networks.redrawn(network, 1, x=x, seed=s) for s in (3, 3, 4))
    assert not changed(one, again) and changed(one, other) == ["classifier.1.weight"]


def test_a_depth_that_is_no_number_of_parts_is_refused(network, x):
    with pytest.raises(ValueError, match=r"^redrawn received depth=-1"):
        networks.redrawn(network, -1, x=x)


def test_shares_go_from_nothing_to_all(network):
    shares = [networks.share_redrawn(network, depth) for depth in range(11)]
    assert shares[0] == 0 and shares[-1] == 1 and shares == sorted(shares)
    assert shares[1] == pytest.approx(1_281_000 / 4_652_008)
    assert len(networks.parts(network)) == len(networks.PARTS) == 10


def test_photographs_are_read_and_named(network):
    x = networks.inputs()
    assert x.shape == (4, 3, 224, 224)
    assert networks.first_guesses(network, x).tolist()[2] == 872  # tripod
    picture = networks.as_picture(x[0])
    assert picture.shape == (3, 224, 224) and 0 <= picture.min() < picture.max() <= 1
    torch.testing.assert_close(
        torch.from_numpy(picture) * 255, x[0] * 128 + 127, atol=0.6, rtol=0, check_dtype=False
    )


def test_first_kernels_are_those_of_the_first_convolution(network):
    kernels = networks.first_kernels(network)
    assert kernels.shape == (32, 3, 3, 3)
    assert (kernels == network.features[0][1].weight.detach().numpy()).all()
