"""The stored recording: its shapes, its origin, and that a changed file is refused."""

import hashlib
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest

from course_lib import datasets
from course_lib.datasets import motions

README = Path(__file__).parents[2] / "data" / "README.md"


def test_shapes_and_balance():
    data = datasets.load("basic_motions")
    assert data.x_train.shape == data.x_test.shape == (40, 6, 100)
    assert (data.x_train.dtype, data.y_test.dtype) == (np.float32, np.int64)
    assert np.bincount(data.y_train).tolist() == np.bincount(data.y_test).tolist() == [10] * 4
    assert data.class_names == ("badminton", "running", "standing", "walking")
    assert repr(data) == "Dataset(40 training and 40 test signals (6, 100), 4 classes)"


def test_numbers_are_those_of_the_source():
    # The first readings of the first two channels of BasicMotions_TRAIN.ts, a standing student.
    data = datasets.load("basic_motions")
    np.testing.assert_allclose(data.x_train[0, 0, :4], [0.079106, 0.079106, -0.903497, 1.116125])
    np.testing.assert_allclose(data.x_train[0, 1, :4], [0.394032, 0.394032, -3.666397, -0.656101])
    assert data.class_names[data.y_train[0]] == "standing"


def test_standing_moves_least():
    data = datasets.load("basic_motions")
    spread = [data.x_train[data.y_train == label].std() for label in range(4)]
    assert np.argmin(spread) == data.class_names.index("standing")


def test_each_loading_has_memory_of_its_own():
    first, second = (datasets.load("basic_motions") for _ in range(2))
    np.testing.assert_array_equal(first.x_train, second.x_train)
    assert not np.shares_memory(first.x_train, second.x_train)


def test_the_table_of_stored_files_has_its_sha256_and_license():
    digest = hashlib.sha256(motions.STORED.read_bytes()).hexdigest()
    assert digest == motions.SHA256
    assert digest in README.read_text(encoding="utf-8")
    text = motions.STORED.with_name("basic_motions_license.txt").read_text(encoding="utf-8")
    assert text.startswith("BSD 3-Clause License")
    with zipfile.ZipFile(motions.STORED) as archive:
        assert "x_train.npy" in archive.namelist()


def test_a_changed_file_is_refused(tmp_path, monkeypatch):
    copy = tmp_path / "basic_motions.npz"
    shutil.copy(motions.STORED, copy)
    content = bytearray(copy.read_bytes())
    content[5000] ^= 1
    copy.write_bytes(content)
    monkeypatch.setattr(motions, "STORED", copy)
    with pytest.raises(ValueError, match="does not match its sha256"):
        datasets.load("basic_motions")


def test_a_missing_file_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(motions, "STORED", tmp_path / "gone.npz")
    with pytest.raises(FileNotFoundError, match=r"gone\.npz; install the course again"):
        datasets.load("basic_motions")


def test_there_are_no_options():
    with pytest.raises(ValueError, match="options that 'basic_motions' has"):
        datasets.load("basic_motions", seed=1)
