"""Any PyTorch CNN as a NumPy graph: the same weights, forward and backward, without torch.

`from_torch` needs torch to trace the module; the graph it returns computes in NumPy alone.
"""

from typing import Any

import numpy as np

from course_lib.numpy_nn.graph.run import Graph, GraphGrads

__all__ = ["Graph", "GraphGrads", "from_torch"]


def from_torch(
    module: Any,
    example: Any = None,
    *,
    generator: np.random.Generator | None = None,
    check: bool = True,
) -> Graph:
    """Turn a torch module into a NumPy graph with a copy of its weights.

    The module runs once on shapes alone, and every operation it calls is written down where
    PyTorch dispatches it. So modules, functions, methods, hooks, parametrizations, in-place calls
    and branches on sizes all work; a branch on values is refused. This happens at the first
    forward with a new input shape, in a new mode or with other attributes, and is kept.

    Parameters
    ----------
    module : torch.nn.Module
        Stays as it is. Its mode and attributes at each forward count, layer by layer, so that
        frozen batch norms stay frozen and `dropout.p = 0.1` is heard. A forward may leave to the
        next what it keeps in buffers; one that depends on anything else it changes is refused.
    example : array or torch tensor, or tuple of them, default=None
        Inputs to trace the module for at once, so that what is not supported is told here.
    generator : numpy.random.Generator, default=None
        Draws dropout masks in training mode; None means seed 0.
    check : bool, default=True
        Compare with torch, on the same input with the same dropout masks, the outputs of the
        first forward for each input shape and mode, and of a second one after it; and the
        gradients of the first backward. Where the module has hooks for gradients, which NumPy
        does not run, every backward is compared: those that only look are called by that, those
        that change a gradient are refused. With False, so are all of them.

    Returns
    -------
    Graph
        `forward(x)` and `backward(grad_y)` in NumPy; parameters and their gradients carry the
        names of `module.named_parameters()`.

    Raises
    ------
    InvalidType
        If `module` is not a torch.nn.Module with a forward, or has weights that are neither
        float32 nor float64.
    InvalidValue
        With `example`, what `Graph.forward` raises.

    References
    ----------
    Reed et al., 2022, "torch.fx: practical program capture and transformation", MLSys, section 2,
    compares the ways to capture a program.

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
    from course_lib.numpy_nn.graph.source import TorchSource

    source = TorchSource(module)
    graph = Graph(source, generator=generator or np.random.default_rng(seed=0), check=check)
    if example is not None:
        given = example if isinstance(example, tuple | list) else (example,)
        graph.prepare(*(x.numpy(force=True) if hasattr(x, "numpy") else x for x in given))
    return graph
