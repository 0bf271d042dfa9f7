"""A real recording: what a watch on the wrist measures while its wearer moves."""

import hashlib
import io
from pathlib import Path

import numpy as np

from course_lib.datasets.dataset import Dataset
from course_lib.errors import InvalidValue, MissingFile

STORED = Path(__file__).with_name("stored") / "basic_motions.npz"
SHA256 = "00771e5400cb7519c48a2464d7dafaa5c1c5f3b56072149d9b3384cbffaa9f7d"
SOURCE = (
    "BasicMotions: four students with a smart watch, three axes of acceleration and three of "
    "rotation, ten readings a second for ten seconds; UEA multivariate time series archive, "
    "A. Bagnall and others, 2018, arXiv:1811.00075; taken from the package aeon 1.6.0"
)
LICENSE = "BSD-3-Clause, as distributed with aeon; copyright the aeon and the sktime developers"


def basic_motions() -> Dataset:
    """Load 40 training and 40 test recordings (6, 100), ten of each of four activities.

    Raises
    ------
    FileNotFoundError, ValueError
        If the stored file is not there, or is not the one that was stored.
    """
    if not STORED.exists():
        raise MissingFile(
            "datasets.load", received="'basic_motions'", needed=f"the file {STORED}",
            fix="install the course again")  # fmt: skip
    content = STORED.read_bytes()
    if hashlib.sha256(content).hexdigest() != SHA256:
        raise InvalidValue(
            "datasets.load", received=f"{STORED}, whose content does not match its sha256",
            needed="the file as it was stored", fix="install the course again")  # fmt: skip
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        return Dataset(
            x_train=arrays["x_train"],
            y_train=arrays["y_train"].astype(np.int64),
            x_test=arrays["x_test"],
            y_test=arrays["y_test"].astype(np.int64),
            class_names=tuple(str(name).lower() for name in arrays["class_names"]),
            source=SOURCE,
            licence=LICENSE,
        )
