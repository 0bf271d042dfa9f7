"""What the course runs on: to be copied into a report of a problem."""

import os
import platform
from importlib.metadata import version

import torch

from course_lib import training

PACKAGES = ("numpy", "torch", "scikit-learn", "scikit-image", "matplotlib")


def report() -> str:
    """Write versions, device and processors of this machine, a line each.

    Examples
    --------
    >>> report().startswith("Python 3")
    True
    """
    device = training.find_device("auto")
    system = f"on {platform.system()} {platform.machine()}"
    name = torch.cuda.get_device_name() if device.type == "cuda" else device.type.upper()
    return "\n".join(
        [
            f"Python {platform.python_version()} {system}",
            *(f"{package:13} {version(package)}" for package in PACKAGES),
            f"{'device':13} {name}",
            f"{'CPU':13} {os.cpu_count()} cores, PyTorch uses {torch.get_num_threads()} threads",
        ]
    )
