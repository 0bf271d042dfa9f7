"""Data to learn from: real digits, generated sets, photographs, signals, and the reader's own.

Everything here works without a network.
"""

from course_lib.datasets.dataset import Dataset
from course_lib.datasets.loading import load
from course_lib.datasets.photos import photo, photo_credit, photo_names
from course_lib.datasets.user_data import from_folder, from_npz

__all__ = ["Dataset", "from_folder", "from_npz", "load", "photo", "photo_credit", "photo_names"]
