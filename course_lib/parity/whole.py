"""A whole network in NumPy beside PyTorch: the output and every gradient, with the same weights."""

import torch
from torch import Tensor, nn

from course_lib.numpy_nn.graph import from_torch
from course_lib.parity.compare import relative_error
from course_lib.unchanged import unchanged


def network_errors(network: nn.Module, x: Tensor, *, seed: int = 0) -> dict[str, float]:
    """Run a network and its NumPy graph forward and, for a random gradient of y, backward.

    Parameters
    ----------
    network : torch.nn.Module
        Of one output, float32 or float64; its mode holds, and nothing is left on it.
    x : Tensor, shape (N, ...)
        Its input, of the same dtype.
    seed : int, default=0
        Draws the gradient that is sent back.

    Returns
    -------
    dict of str to float
        Largest error, relative to the largest number that PyTorch gives: of the output under
        "y", of the gradient of the input under "x", of each other gradient under the name of its
        parameter. Parameters that are frozen or not used are left out.

    Raises
    ------
    TypeError, ValueError
        As `from_torch`, if the network cannot be followed or PyTorch's output differs.

    Examples
    --------
    >>> errors = network_errors(nn.Linear(3, 2).double(), torch.ones(4, 3, dtype=torch.float64))
    >>> list(errors), max(errors.values()) < 1e-12
    (['y', 'x', 'weight', 'bias'], True)
    """
    graph = from_torch(network)
    leaf = x.detach().clone().requires_grad_()
    ours = graph.forward(x.detach().numpy())
    with unchanged(network):
        y = network(leaf)
        grad_y = torch.randn(y.shape, generator=torch.Generator().manual_seed(seed), dtype=y.dtype)
        named = {name: p for name, p in network.named_parameters() if p.requires_grad}
        grads = torch.autograd.grad(y, [leaf, *named.values()], grad_y, allow_unused=True)
    theirs = {name: g for name, g in zip(["x", *named], grads, strict=True) if g is not None}
    mine = graph.backward(grad_y.numpy())
    arrays = {"x": mine.grad_x} | mine.parameters
    errors = {"y": relative_error(ours, y.detach())}
    return errors | {name: relative_error(arrays[name], grad) for name, grad in theirs.items()}
