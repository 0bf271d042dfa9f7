"""Checkpoints are whole and unchanged, or refused."""

import os
import pickle

import pytest
import torch
from compare import assert_same

from course_lib.training import load_checkpoint, save_checkpoint
from course_lib.training.checkpoints import FIRST_WORDS


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "a.ckpt"
    save_checkpoint(path, {"weight": torch.arange(6.0).reshape(2, 3), "step": 7, "loss": [0.5]})
    return path


def test_what_is_saved_is_loaded(file):
    state = load_checkpoint(file)
    assert_same(state["weight"], torch.arange(6.0).reshape(2, 3), tolerance=0.0)
    assert state["step"] == 7 and state["loss"] == [0.5]


@pytest.mark.parametrize("share", [0.0, 0.02, 0.3, 0.6, 0.99])
def test_one_flipped_bit_anywhere_is_refused(file, share):
    content = bytearray(file.read_bytes())
    content[int(share * len(content))] ^= 1
    file.write_bytes(content)
    with pytest.raises(ValueError, match="use an older copy"):
        load_checkpoint(file)


@pytest.mark.parametrize(
    "shorten",
    [
        pytest.param(lambda content: b"", id="empty"),
        pytest.param(lambda content: content[: len(FIRST_WORDS)], id="first-words-only"),
        pytest.param(lambda content: content[: len(content) // 2], id="half"),
        pytest.param(lambda content: content[:-1], id="last-byte"),
        pytest.param(lambda content: content + b"\n", id="one-byte-more"),
        pytest.param(lambda content: content.partition(b"\n")[2], id="without-first-line"),
    ],
)
def test_an_incomplete_file_is_refused(file, shorten):
    file.write_bytes(shorten(file.read_bytes()))
    with pytest.raises(ValueError, match="a complete, unchanged checkpoint"):
        load_checkpoint(file)


def test_a_failed_write_leaves_the_old_file_and_nothing_else(file, monkeypatch):
    def fail(*paths):
        raise OSError("disk full")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="disk full"):
        save_checkpoint(file, {"step": 8})
    assert load_checkpoint(file)["step"] == 7
    assert [path.name for path in file.parent.iterdir()] == ["a.ckpt"]


def test_a_checkpoint_cannot_run_code(tmp_path):
    save_checkpoint(tmp_path / "b.ckpt", {"call": print})
    with pytest.raises(pickle.UnpicklingError, match="Weights only load failed"):
        load_checkpoint(tmp_path / "b.ckpt")


def test_a_checkpoint_that_is_not_there_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"load_checkpoint received .*which is not there"):
        load_checkpoint(tmp_path / "none.ckpt")


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_a_link_into_a_folder_that_is_not_there_is_refused_before_any_work(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "nowhere" / "a.ckpt")
    with pytest.raises(ValueError, match="nowhere, where no file can be written"):
        save_checkpoint(tmp_path / "link", {"step": 1})
