"""signals: forward and backward of the chain are held to autograd."""

import numpy as np
import pytest
import torch

from course_lib.lessons.residual_connections import signals


def norm(z):
    return torch.nn.functional.batch_norm(z, None, None, training=True)


def by_torch(chain, blocks, shortcut):
    images, first, weights, sent = (torch.from_numpy(a).double() for a in chain)
    x = torch.relu(norm(images @ first.T)).requires_grad_()
    passed = [x]
    for b in range(blocks):
        branch = norm(torch.relu(norm(passed[-1] @ weights[2 * b].T)) @ weights[2 * b + 1].T)
        passed.append(torch.relu(branch + shortcut * passed[-1]))
    slopes = torch.autograd.grad(passed[-1], passed, sent)
    return [y.detach().numpy() for y in passed], [grad.norm().item() for grad in slopes]


@pytest.mark.parametrize("shortcut", [0.0, 0.5, 1.0])
def test_a_passage_is_what_autograd_says(shortcut):
    chain = signals.random_chain(num_blocks=5, seed=7)
    passage = signals.pass_through(chain, blocks=4, shortcut=shortcut)
    passed, slopes = by_torch(chain, 4, shortcut)
    assert passage.slopes == pytest.approx(slopes, rel=1e-7)
    assert passage.spread == pytest.approx([y.std() for y in passed], rel=1e-9)
    assert passage.mixed_up == pytest.approx([signals.mixed_up(y) for y in passed], rel=1e-9)


def test_mixed_up_is_0_for_exact_copies_and_1_for_strangers():
    rng = np.random.default_rng(seed=0)
    x = rng.standard_normal((300, 20))
    assert signals.mixed_up(np.concatenate([x, x])) == 0
    strangers = rng.standard_normal((300, 20))
    assert signals.mixed_up(np.concatenate([x, strangers])) == pytest.approx(1, abs=0.02)


@pytest.mark.parametrize("seed", range(6))
def test_half_a_shortcut_is_much_nearer_to_none_than_to_a_whole_one(seed):
    chain = signals.random_chain(num_blocks=12, seed=seed)
    none, half, whole = (signals.pass_through(chain, blocks=12, shortcut=s) for s in (0, 0.5, 1))
    assert min(none.mixed_up[-1], half.mixed_up[-1]) > 0.7 and whole.mixed_up[-1] < 0.6
    assert none.slopes[0] > 3 * whole.slopes[0] and half.slopes[0] > 2 * whole.slopes[0]
