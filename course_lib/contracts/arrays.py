"""Promises about every array that an operation is given: of its own library, floating point."""

import sys
from collections.abc import Mapping
from functools import lru_cache
from types import ModuleType
from typing import Any

from course_lib.checks import require_array, require_one_float_dtype, require_shape, shape_text
from course_lib.errors import InvalidType

KINDS = {"numpy": ("ndarray", "generic"), "torch": ("Tensor",)}


class Twin(str):
    """The name of an operation of `torch_ops`: its arrays are tensors.

    A plain name belongs to `numpy_ops`, whose arrays are NumPy's. So one validator serves both.
    """


def require_own_array(operation: str, name: str, x: Any) -> None:
    """Raise TypeError unless `x` is an array of the library that the operation computes with.

    What has no value (None, a list, a string) gets the same text from both twins.
    """
    if x is None:
        raise InvalidType(
            operation, received=f"{name}=None", needed=f"{name} as an array or tensor",
            fix="pass its values; only what has None as default may be left out")  # fmt: skip
    require_array(operation, name, x)
    if _is_of("torch" if isinstance(operation, Twin) else "numpy", x):
        _require_plain_numbers(operation, name, x)
        return
    kind = f"{name} of type {type(x).__name__}"
    if isinstance(operation, Twin):
        raise InvalidType(
            operation, received=kind, needed=f"{name} as a tensor",
            fix="convert it with torch.as_tensor, or call numpy_ops")  # fmt: skip
    raise InvalidType(
        operation, received=kind, needed=f"{name} as a NumPy array",
        fix="convert it with np.asarray, a tensor by .detach().cpu().numpy(), or call "
        "torch_ops")  # fmt: skip


def _require_plain_numbers(operation: str, name: str, x: Any) -> None:
    """Raise TypeError where `x` computes by rules of its own, or does not hold all its numbers.

    A product of np.matrix is a matrix product, and a masked array skips what it hides: formulas
    written for arrays come out wrong, mostly without a word.
    """
    if isinstance(operation, Twin):
        if str(x.layout) == "torch.strided" and not x.is_nested and x.device.type != "meta":
            return
        kind, fix = f"{x.layout} on {x.device}", "convert it with .to_dense(), or fill it"
    else:
        kind, fix = type(x).__name__, "convert it with np.asarray"
        if not _has_own_arithmetic(type(x)):
            return
        if hasattr(x, "filled"):
            fix = f"give what is masked a value with {name}.filled(0), or leave it out"
    raise InvalidType(
        operation, received=f"{name} with shape {shape_text(x)} of type {kind}",
        needed=f"{name} as a plain array", fix=fix)  # fmt: skip


def _has_own_arithmetic(kind: type) -> bool:
    """Tell whether a kind of NumPy array multiplies or calls ufuncs in its own way."""
    array = sys.modules["numpy"].ndarray
    return issubclass(kind, array) and any(
        getattr(kind, rule) is not getattr(array, rule) for rule in ("__mul__", "__array_ufunc__")
    )


def _is_of(library: str, x: Any) -> bool:
    """Tell whether `x` is an array of a library; one that is not loaded has made none."""
    module = sys.modules.get(library)
    return module is not None and isinstance(x, _types_of(module))


@lru_cache
def _types_of(module: ModuleType) -> tuple[type, ...]:
    return tuple(getattr(module, kind) for kind in KINDS[module.__name__])


def require_float(
    operation: str, *, optional: Mapping[str, Any] | None = None, **arrays: Any
) -> None:
    """Raise TypeError unless all arrays are floating point of one dtype.

    Those in `optional` may be None.
    """
    given = {name: x for name, x in (optional or {}).items() if x is not None}
    given = arrays | given
    for name, x in given.items():
        require_own_array(operation, name, x)
    require_one_float_dtype(operation, given)


def require_grad(operation: str, grad_y: Any, shape: tuple[int, ...], **inputs: Any) -> None:
    """Raise unless `grad_y` has the dtype of the inputs and the shape of the output."""
    require_float(operation, grad_y=grad_y, **inputs)
    require_shape(operation, "grad_y", grad_y, shape, "the shape of the output")
