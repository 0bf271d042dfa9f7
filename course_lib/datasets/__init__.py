"""Images to learn from: real digits, generated sets, photographs, and the reader's own.

Everything here works without a network.
"""

from course_lib.datasets.dataset import Dataset
from course_lib.datasets.loading import load
from course_lib.datasets.own import from_folder, from_npz
from course_lib.datasets.photos import photo, photo_credit, photo_names

__all__ = ["Dataset", "from_folder", "from_npz", "load", "photo", "photo_credit", "photo_names"]
