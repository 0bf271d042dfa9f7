"""What a package offers: the names that its modules list in their `__all__`, each written once."""

from importlib import import_module


def names_of(package: str, *modules: str) -> list[str]:
    """Join the `__all__` of some modules of a package, in this order.

    Examples
    --------
    >>> names_of("course_lib.numpy_ops", "linear", "correlation")[::2]
    ['linear', 'flatten', 'cross_correlate2d', 'convolve2d']
    """
    return [name for module in modules for name in import_module(f"{package}.{module}").__all__]
