"""Any PyTorch CNN as a NumPy graph: the same weights, forward and backward, without torch.

`from_torch` needs torch to trace the module; the graph it returns runs on NumPy alone.
"""

from typing import Any

import numpy as np

from course_lib.numpy_nn.graph.run import Graph, GraphGrads

__all__ = ["Graph", "GraphGrads", "from_torch"]


def from_torch(module: Any, *, generator: np.random.Generator | None = None) -> Graph:
    """Turn a torch module into a NumPy graph with a copy of its weights.

    The module is traced with `torch.fx`, so residual, concatenating and squeeze-and-excitation
    networks work, and so do your own modules whose `forward` has no data-dependent branches.

    Parameters
    ----------
    module : torch.nn.Module
        In the mode that is wanted: call `module.train()` or `module.eval()` first. Each layer's
        own mode counts, so frozen batch norms stay frozen.
    generator : numpy.random.Generator, default=None
        Draws dropout masks in training mode; None means seed 0.

    Returns
    -------
    Graph
        `forward(x)` and `backward(grad_y)` in NumPy; parameters and their gradients carry the
        names of `module.named_parameters()`.

    Raises
    ------
    TypeError
        If `module` is not a torch.nn.Module.
    ValueError
        If the module cannot be traced, or uses an operation that is not supported: the text
        names it and lists what is.

    References
    ----------
    Reed et al., 2022, "torch.fx: practical program capture and transformation", MLSys.

    Examples
    --------
    >>> import torch
    >>> layer = torch.nn.Conv2d(3, 4, 3, padding=1, dtype=torch.float64).eval()
    >>> graph = from_torch(layer)
    >>> x = np.random.default_rng(seed=0).standard_normal((2, 3, 5, 7))
    >>> y = graph.forward(x)
    >>> np.allclose(y, layer(torch.from_numpy(x)).detach())
    True
    >>> sorted(graph.backward(np.ones_like(y)).parameters)
    ['bias', 'weight']
    """
    from course_lib.numpy_nn.graph.translate import translate

    return translate(module, generator or np.random.default_rng(seed=0))
