"""Compare a NumPy graph with the torch module it was traced from: outputs and every gradient."""

from contextlib import ExitStack
from typing import Any

import numpy as np
import torch
from compare import assert_same
from torch import Tensor, nn
from torch.utils._pytree import tree_flatten, tree_unflatten

from course_lib.numpy_nn.graph import Graph, GraphGrads, from_torch
from course_lib.numpy_nn.graph.torch_run import Replay
from course_lib.numpy_nn.graph.trace import plain_kernels
from course_lib.parity import relative_error
from course_lib.unchanged import unchanged


def as_tuple(y: Any) -> tuple:
    return y if isinstance(y, tuple) else (y,)


def assert_graph_matches(
    module: nn.Module,
    *inputs: Tensor,
    tolerance: float = 1e-8,
    rounding: float = 1e-12,
    output_tolerance: float | None = None,
) -> Graph:
    """Compare outputs, gradients and buffers, with the random draws of NumPy on both sides.

    A gradient is compared on its own scale; one that is below `rounding` of the largest, such as
    that of a bias before a batch norm, must be as small on both sides. Outputs and buffers have
    `output_tolerance`, by default the same.
    """
    output_tolerance = tolerance if output_tolerance is None else output_tolerance
    graph = from_torch(module, check=False)
    actual = graph.forward(*(x.detach().numpy() for x in inputs))
    leaves = [x.clone().requires_grad_(x.is_floating_point()) for x in inputs]
    with unchanged(module):
        module.zero_grad()
        with ExitStack() as contexts:
            for context in (*plain_kernels(), Replay(graph.draws)):
                contexts.enter_context(context)
            expected = module(*(x.clone() for x in leaves))
        outputs, form = tree_flatten(expected)
        grads_y = [torch.randn_like(y) if y.is_floating_point() else None for y in outputs]
        pairs = [(y, g) for y, g in zip(outputs, grads_y, strict=True) if y.requires_grad]
        torch.autograd.backward([y for y, _ in pairs], [g for _, g in pairs])
        wanted = {n: p.grad.clone() for n, p in module.named_parameters() if p.grad is not None}
        buffers = {name: buffer.clone() for name, buffer in module.named_buffers()}
    assert tree_flatten(actual)[1] == form
    for a, e in zip(tree_flatten(actual)[0], outputs, strict=True):
        assert_same(a, e.detach(), tolerance=output_tolerance)
    arrays = tree_unflatten([None if g is None else g.numpy() for g in grads_y], form)
    grads = graph.backward(arrays)
    assert_gradients_match(grads, wanted, [x.grad for x in leaves], tolerance, rounding)
    assert_buffers_match(graph.buffers, buffers, output_tolerance)
    return graph


def assert_gradients_match(
    grads: GraphGrads, wanted: dict, grads_x: list, tolerance: float, rounding: float
) -> None:
    """Compare every gradient on its own scale."""
    assert set(grads.parameters) == set(wanted)
    pairs = [(name, grads.parameters[name], grad) for name, grad in wanted.items()]
    pairs += [("x", a, e) for a, e in zip(as_tuple(grads.grad_x), grads_x, strict=True)]
    least = rounding * max((e.abs().max().item() for *_, e in pairs if e is not None), default=0)
    for name, a, e in pairs:
        if e is None or e.abs().max() == 0:
            assert a is None or np.abs(a).max(initial=0.0) <= 10 * least, name
        elif e.abs().max() > least:
            assert relative_error(a, e) <= tolerance, (name, relative_error(a, e))
        else:
            assert np.abs(a).max() <= 10 * least, name


def assert_buffers_match(buffers: dict, wanted: dict, tolerance: float) -> None:
    """Compare every buffer; a running mean, which may be only rounding, beside its deviation."""
    for name, e in wanted.items():
        variance = wanted.get(name.removesuffix("mean") + "var")
        if name.endswith("running_mean") and variance is not None:
            least = tolerance * max(variance.max().item() ** 0.5, e.abs().max().item())
            assert np.abs(buffers[name] - e.numpy()).max() <= least, name
            assert buffers[name].dtype == e.numpy().dtype, name
        else:
            assert_same(buffers[name], e, tolerance=tolerance)
