"""How every twin gets its gradients: autograd, on fresh leaves."""

from collections.abc import Callable

import torch
from torch import Tensor


def gradients(
    function: Callable[..., Tensor], grad_y: Tensor, *inputs: Tensor
) -> tuple[Tensor, ...]:
    """Return the gradient of sum(grad_y * function(*inputs)) for each input, in order.

    Works inside `torch.no_grad()` too, and leaves the inputs' own `.grad` alone.
    """
    with torch.enable_grad():
        # contiguous: some kernels of torch, nll_loss on images for one, refuse other layouts
        leaves = [x.detach().contiguous().requires_grad_() for x in inputs]
        found = torch.autograd.grad(function(*leaves), leaves, grad_outputs=grad_y)
    # Autograd may hand on grad_y itself, for example to a bias; a result never shares memory.
    return tuple(g.clone() if _share_memory(g, grad_y) else g for g in found)


def _share_memory(first: Tensor, second: Tensor) -> bool:
    return first.untyped_storage().data_ptr() == second.untyped_storage().data_ptr()
