"""Look into networks: cost, receptive fields, gradients, symmetries, and what they look at.

`from course_lib.analysis import complexity, receptive_field, saliency`: each function is read from
its file when it is first asked for, so that those in NumPy alone do not wait for PyTorch.
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import Any

_FILES = {
    "attribution": ("activation_maximization", "grad_cam", "occlusion", "saliency"),
    "blocks": ("Block", "Blocks", "network_blocks"),
    "complexity": ("Complexity", "complexity", "conv_costs", "dense_costs"),
    "equivariance": ("equivariance_error", "invariance_error", "shift_image"),
    "gradient_flow": ("gradient_flow",),
    "receptive_field": ("effective_receptive_field", "field_spread", "receptive_field"),
    "report": ("summary",),
    "timing": ("shortest_times",),
}
_FILE_OF = {name: file for file, names in _FILES.items() for name in names}

__all__ = sorted(_FILE_OF)


def __getattr__(name: str) -> Any:
    """Import the file of a function, and keep the function."""
    if name not in _FILE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    file = import_module(f"{__name__}.{_FILE_OF[name]}")
    return globals().setdefault(name, getattr(file, name))


class _Analysis(ModuleType):
    """A package whose functions are not hidden by files of the same name."""

    def __setattr__(self, name: str, value: Any) -> None:
        """Keep the function where Python, after an import, would set its file."""
        has_function = isinstance(value, ModuleType) and _FILE_OF.get(name) == name
        super().__setattr__(name, getattr(value, name) if has_function else value)


sys.modules[__name__].__class__ = _Analysis
