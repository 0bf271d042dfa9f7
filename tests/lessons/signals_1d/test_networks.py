"""networks: causal where they say so, and of the sizes of the notebook."""

import numpy as np
import pytest
import torch

from course_lib import numpy_ops
from course_lib.lessons.signals_1d import experiments, networks


@pytest.mark.parametrize("kernel, dilation", [(1, 4), (2, 1), (3, 2), (4, 5)])
def test_a_causal_layer_is_a_convolution_padded_in_front(kernel, dilation):
    layer = networks.CausalConv1d(3, 5, kernel, dilation=dilation).double()
    x = np.random.default_rng(0).standard_normal((2, 3, 11))
    front = np.pad(x, ((0, 0), (0, 0), (dilation * (kernel - 1), 0)))
    weight, bias = (p.detach().numpy() for p in (layer.weight, layer.bias))
    y = layer(torch.from_numpy(x)).detach().numpy()
    np.testing.assert_allclose(
        y, numpy_ops.conv1d(front, weight, bias, dilation=dilation), atol=1e-12
    )


def steps_reached(network, channels, steps, output):
    """List the inputs that move one output, by its gradient."""
    x = torch.randn(1, channels, steps, requires_grad=True)
    network(x)[0, :, output].sum().backward()
    return x.grad.abs().sum(dim=(0, 1)).nonzero().flatten().tolist()


@pytest.mark.parametrize("dilations, field", [((1, 2, 4), 15), ((1, 1, 1), 7)])
def test_a_stack_sees_its_field_and_nothing_ahead(dilations, field):
    torch.manual_seed(0)
    network = networks.causal_stack(2, 32, 3, kernel=3, dilations=dilations)
    assert steps_reached(network, 2, 30, 20) == list(range(21 - field, 21))


@pytest.mark.parametrize(
    "dilations, first",
    [(experiments.PLAIN, 51), (experiments.DILATED, 0)],
    ids=["plain", "dilated"],
)
def test_readers_of_symbols_see_as_far_as_the_notebook_says(dilations, first):
    torch.manual_seed(0)
    network = networks.first_symbol_reader(dilations)
    assert min(steps_reached(network, 8, 64, 63)) == first


def test_the_leaking_network_sees_one_letter_ahead():
    torch.manual_seed(0)
    reached = steps_reached(networks.next_letter_leaking(), 25, 12, 5)
    assert reached == [4, 5, 6]


@pytest.mark.parametrize(
    "readers, shape",
    [
        (experiments.MOTION_READERS, (6, 100)),
        (experiments.SYMBOL_READERS, (8, 64)),
        (experiments.GENOME_READERS, (4, 100)),
    ],
    ids=["motions", "symbols", "genomes"],
)
def test_readers_give_finite_logits_and_the_mlp_is_not_smaller(readers, shape):
    for reader in readers.values():
        y = experiments.fresh(reader, seed=0)(torch.zeros(2, *shape))
        assert y.isfinite().all() and len(y) == 2
    sizes = {name: experiments.num_parameters(reader) for name, reader in readers.items()}
    assert sizes["MLP"] >= max(sizes.values())


def test_dilation_costs_no_weight():
    plain, dilated = (experiments.SYMBOL_READERS[kind] for kind in ("plain", "dilated"))
    assert experiments.num_parameters(plain) == experiments.num_parameters(dilated)
