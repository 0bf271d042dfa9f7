"""The checks that every validator is made of."""

import errno
import io
import math
import operator
import os
import tempfile
from collections.abc import Collection, Iterable, Mapping, Set
from functools import lru_cache
from numbers import Real
from pathlib import Path
from typing import Any, TypeVar

from course_lib.errors import InvalidType, InvalidValue, MissingFile
from course_lib.files import is_device

Choice = TypeVar("Choice", str, int)
MOST_IN_MEMORY = 2**40  # numbers: 4 TB in single precision
FLOATS = ("float16", "float32", "float64", "float96", "float128", "longdouble", "bfloat16")
MOST_NUMBERS = 2**59  # in an array: of 16 bytes each, what 63 bits can count


def dtype_name(x: Any) -> str:
    """Name the dtype of an array or tensor without its library or byte order: "float32"."""
    return _text_of_dtype(x.dtype)


@lru_cache  # NumPy takes longer to name a dtype than to add a thousand numbers
def _text_of_dtype(dtype: Any) -> str:
    return str(getattr(dtype, "name", dtype)).removeprefix("torch.")


def shape_text(x: Any) -> str:
    """Write a shape the same way for arrays and tensors: "(2, 3, 8, 8)"."""
    return str(tuple(x.shape))


def require_array(operation: str, name: str, x: Any) -> None:
    """Raise TypeError unless `x` has a shape and a dtype."""
    if not (hasattr(x, "shape") and hasattr(x, "dtype")):
        raise InvalidType(
            operation, received=f"{name} of type {type(x).__name__}",
            needed=f"{name} as an array or tensor",
            fix="convert it with np.asarray or torch.as_tensor")  # fmt: skip


def require_float(operation: str, **arrays: Any) -> None:
    """Raise TypeError unless all arrays that are not None are floating point of one dtype."""
    given = {name: x for name, x in arrays.items() if x is not None}
    for name, x in given.items():
        require_array(operation, name, x)
    require_one_float_dtype(operation, given)


def require_one_float_dtype(operation: str, arrays: Mapping[str, Any]) -> None:
    """Raise TypeError unless all arrays, none of them None, are floating point of one dtype."""
    for name, x in arrays.items():
        dtype = dtype_name(x)
        if not dtype.startswith(FLOATS):
            is_count = dtype.startswith(("int", "uint", "bool"))
            raise InvalidType(
                operation, received=f"{name} with shape {shape_text(x)} and dtype {dtype}",
                needed=f"{name} in floating point",
                fix="scale to float first, for example x.astype(float) / 255" if is_count
                else "make it an array of real numbers, all rows of one length")  # fmt: skip
    if len({dtype_name(x) for x in arrays.values()}) > 1:
        listing = ", ".join(f"{name} {dtype_name(x)}" for name, x in arrays.items())
        raise InvalidType(
            operation, received=f"mixed dtypes ({listing})", needed="one dtype for all arrays",
            fix="convert them to the same dtype")  # fmt: skip


def require_axes(operation: str, name: str, x: Any, axes: str) -> None:
    """Raise ValueError unless `x` has the axes named in `axes`, such as "N, C_in, H, W"."""
    needed = axes.count(",") + 1
    if len(x.shape) != needed:
        fix = (
            f"add the missing axis, for example {name}[None]"
            if len(x.shape) < needed
            else "remove or merge the extra axes"
        )
        raise InvalidValue(
            operation, received=f"{name} with shape {shape_text(x)}", needed=f"{name} ({axes})",
            fix=fix)  # fmt: skip


def require_shape(operation: str, name: str, x: Any, shape: tuple[int, ...], why: str) -> None:
    """Raise ValueError unless `x` has exactly `shape`; `why` says where that shape comes from."""
    if tuple(x.shape) != tuple(shape):
        raise InvalidValue(
            operation, received=f"{name} with shape {shape_text(x)}",
            needed=f"{name} with shape {tuple(shape)}, {why}",
            fix="reshape it or check where it was made")  # fmt: skip


def require_int(operation: str, name: str, value: Any, *, minimum: int) -> int:
    """Return `value` as an int of at least `minimum`, or raise TypeError or ValueError.

    A NumPy integer becomes a Python one, which no sum or product overflows.
    """
    is_bool = isinstance(value, bool) or "bool" in str(getattr(value, "dtype", ""))
    try:
        number = None if is_bool else operator.index(value)
    except TypeError:
        number = None
    if number is None:
        raise InvalidType(
            operation, received=f"{name}={value!r} of type {type(value).__name__}",
            needed=f"{name} as an int", fix="pass a whole number")  # fmt: skip
    if number < minimum:
        raise InvalidValue(
            operation, received=f"{name}={number}", needed=f"{name} of at least {minimum}",
            fix="use a larger number")  # fmt: skip
    return number


def require_input_shape(operation: str, input_shape: Any) -> tuple[int, ...]:
    """Return the shape of an input as ints from 1 on, or raise TypeError or ValueError."""
    if not isinstance(input_shape, tuple | list):
        raise InvalidType(
            operation, received=f"input_shape={input_shape!r}",
            needed="a tuple with the batch axis, such as (1, 3, 224, 224)",
            fix="write the shape as a tuple")  # fmt: skip
    shape = tuple(require_int(operation, "input_shape", n, minimum=1) for n in input_shape)
    if math.prod(shape) > MOST_NUMBERS:
        raise InvalidValue(
            operation, received=f"input_shape={shape}",
            needed="an input that a computer can address", fix="use smaller sizes")  # fmt: skip
    return shape


def require_room(
    operation: str, described: str, sizes: Iterable[int], *, most: int = MOST_IN_MEMORY
) -> None:
    """Raise ValueError where an array of these sizes has more numbers than any machine holds."""
    count = math.prod(max(1, size) for size in sizes)
    if count > most:
        raise InvalidValue(
            operation, received=f"{described}, which leads to {count:,} numbers",
            needed=f"what memory can hold, at most {most:,} numbers",
            fix="use smaller options")  # fmt: skip


def per_axis(
    operation: str, name: str, value: Any, *, num_axes: int, minimum: int
) -> tuple[int, ...]:
    """Spell an option out for each spatial axis: 2 becomes (2, 2); (1, 2) stays."""
    if not isinstance(value, tuple | list):
        return (require_int(operation, name, value, minimum=minimum),) * num_axes
    if len(value) != num_axes:
        raise InvalidValue(
            operation, received=f"{name}={tuple(value)} with {len(value)} numbers",
            needed=f"{name} as one int or {num_axes}, one a spatial axis",
            fix="give one number for each axis")  # fmt: skip
    return tuple(require_int(operation, name, v, minimum=minimum) for v in value)


def require_number(
    operation: str,
    name: str,
    value: Any,
    *,
    minimum: float | None = None,
    maximum: float | None = None,
) -> float:
    """Return a real option as float, within its closed range, or raise TypeError or ValueError.

    NumPy's numbers of any precision are taken, and become Python's.
    """
    if isinstance(value, bool) or not isinstance(value, Real):
        raise InvalidType(
            operation, received=f"{name}={value!r} of type {type(value).__name__}",
            needed=f"{name} as a number", fix="pass an int or a float")  # fmt: skip
    low = float("-inf") if minimum is None else minimum
    high = float("inf") if maximum is None else maximum
    number: Any = value  # Real knows no order among its members
    if not low <= number <= high:
        raise InvalidValue(
            operation, received=f"{name}={value}", needed=f"{name} from {low} to {high}",
            fix="choose a value in that range")  # fmt: skip
    try:
        return float(value)
    except OverflowError:
        raise InvalidValue(
            operation, received=f"{name}={value}",
            needed=f"{name} as a finite number", fix="choose an ordinary number"
        ) from None  # fmt: skip


def require_finite(
    operation: str,
    name: str,
    value: Any,
    *,
    minimum: float | None = None,
    maximum: float | None = None,
) -> float:
    """Return a real option as a float of Python, as `require_number`, and finite.

    A number of NumPy, or an array or tensor without axes, gives its value: so nothing of another
    library is kept, nor written to a file.
    """
    given = value
    if getattr(value, "shape", None) == () and not hasattr(value, "mask"):
        value = value.item() if hasattr(value, "item") else value
    number = require_number(operation, name, value, minimum=minimum, maximum=maximum)
    if not math.isfinite(number):
        raise InvalidValue(
            operation, received=f"{name}={given}", needed=f"{name} as a finite number",
            fix="choose an ordinary number")  # fmt: skip
    return number


def require_flag(operation: str, name: str, value: Any) -> bool:
    """Return an option that is True or False, or raise TypeError."""
    if not isinstance(value, bool):
        raise InvalidType(
            operation, received=f"{name}={value!r} of type {type(value).__name__}",
            needed=f"{name} as True or False", fix="pass a bool")  # fmt: skip
    return value


def require_choice(operation: str, name: str, value: Any, choices: Collection[Choice]) -> Choice:
    """Return `value` if it is one of `choices`, words or numbers, or raise ValueError."""
    can_be_looked_up = isinstance(value, str | int)  # a list cannot
    if not (can_be_looked_up and value in choices):
        raise InvalidValue(
            operation, received=f"{name}={value!r}",
            needed=f"{name} as one of {', '.join(map(repr, choices))}",
            fix="choose one of these")  # fmt: skip
    return value


def require_list(operation: str, name: str, values: Any, *, of: str, fix: str) -> list:
    """Return the values of a list, tuple, array or generator, or raise TypeError.

    A single value is none of these, nor is what has no order, or is a text or an open file.
    """
    single = getattr(values, "shape", None) == ()
    unordered = str | bytes | Set | Mapping | io.IOBase
    if single or isinstance(values, unordered) or not isinstance(values, Iterable):
        raise InvalidType(
            operation, received=f"{name} of type {type(values).__name__}",
            needed=f"a list of {of}", fix=fix)  # fmt: skip
    return list(values)


def require_path(operation: str, name: str, value: Any) -> Path:
    """Return a text or path object as a Path, `~` as the home folder, or raise TypeError."""
    is_path = isinstance(value, str) or (
        isinstance(value, os.PathLike) and isinstance(os.fspath(value), str)
    )
    if not is_path:
        raise InvalidType(
            operation, received=f"{name} of type {type(value).__name__}",
            needed=f"{name} as a text or a Path",
            fix='pass where it is, for example "folder/name"')  # fmt: skip
    try:
        return Path(value).expanduser()
    except RuntimeError:
        return Path(value)  # the home folder of nobody: there is no such file, which is said later


def require_output_file(operation: str, name: str, path: Path) -> None:
    """Raise ValueError unless a file can be written at `path`, before any work for it."""
    _require_name(operation, name, path)
    if is_device(path):
        return
    if path.is_dir():
        raise InvalidValue(
            operation, received=f"{name} {path}, which is a folder", needed="the name of a file",
            fix=f"add a name, for example {path / 'result'}")  # fmt: skip
    if not path.parent.is_dir():
        raise MissingFile(
            operation, received=f"{name} {path} in a folder that is not there",
            needed="a folder that is there", fix=f"create the folder {path.parent}")  # fmt: skip
    # A link is followed: the file is made beside the one that it leads to.
    _require_writable(operation, name, Path(os.path.realpath(path)).parent)
    if path.exists() and not os.access(path, os.W_OK):
        raise InvalidValue(
            operation, received=f"{name} {path}, which is write-protected",
            needed="a file that may be replaced", fix="choose another name")  # fmt: skip


def require_output_folder(operation: str, name: str, path: Path) -> None:
    """Create the folder `path` where it is missing; raise ValueError unless it takes files."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise InvalidValue(
            operation, received=f"{name} {path}, which cannot be created "
            f"({problem.strerror})", needed="a folder, or a place to create it",
            fix="choose another folder") from problem  # fmt: skip
    _require_writable(operation, name, path)


def _require_name(operation: str, name: str, path: Path) -> None:
    """Raise ValueError where the system takes no such name: too long, or out of reach."""
    try:
        path.stat()
    except FileNotFoundError:
        pass
    except (OSError, ValueError) as problem:
        if getattr(problem, "errno", None) == errno.ENOTDIR:
            return  # the folder above it is no folder, which is said more clearly
        why = getattr(problem, "strerror", None) or problem
        raise InvalidValue(
            operation, received=f"{name} {str(path)[-255:]}, which cannot be the name of a file "
            f"({why})", needed="a name that the system takes",
            fix="choose another name") from problem  # fmt: skip


def _require_writable(operation: str, name: str, folder: Path) -> None:
    # Tried, not asked: what may be written also depends on how the disk is mounted.
    try:
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as problem:
        raise InvalidValue(
            operation, received=f"{name} in {folder}, where no file can be written "
            f"({problem.strerror})", needed="a folder with permission to write",
            fix="choose another folder") from problem  # fmt: skip
