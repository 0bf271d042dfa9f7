"""Checkpoints are whole and unchanged, or refused."""

import hashlib
import io
import os
from collections import OrderedDict
from pathlib import Path

import numpy as np
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
    """A file that holds code, with the right digest, is made by hand: `save_checkpoint` refuses."""
    buffer = io.BytesIO()
    torch.save({"call": print}, buffer)
    digest = hashlib.sha256(buffer.getvalue()).hexdigest().encode()
    (tmp_path / "b.ckpt").write_bytes(FIRST_WORDS + digest + b"\n" + buffer.getvalue())
    with pytest.raises(ValueError, match="more than tensors, numbers and texts"):
        load_checkpoint(tmp_path / "b.ckpt")


UNREADABLE = {
    "function": ({"call": print}, r"state\['call'\] of type builtin_function"),
    "array": ({"a": [1, {"b": np.ones(2)}]}, r"state\['a'\]\[1\]\['b'\] of type ndarray"),
    "object": ({"a": Path("b")}, r"state\['a'\] of type \w*Path"),
    "date": ({"a": np.datetime64("2020-01-01")}, r"state\['a'\] of type date"),
    "longdouble": ({"a": np.longdouble(0.5)}, r"state\['a'\] of type longdouble"),
    "key": ({print: 1}, "state, in the key of type builtin_function"),
    "list": ([1], "state of type list"),
    "nothing": (None, "state of type NoneType"),
}


@pytest.mark.parametrize("state, text", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_what_could_not_be_read_again_is_not_written(tmp_path, state, text):
    with pytest.raises(TypeError, match=f"^save_checkpoint received {text}"):
        save_checkpoint(tmp_path / "b.ckpt", state)
    assert not (tmp_path / "b.ckpt").exists()


NUMBERS = [
    np.int64(3), np.uint8(3), np.float32(0.5), np.float64(0.5), np.float16(0.5), np.bool_(True),
    np.array(3), np.array(0.5), np.complex64(1j), np.str_("a"),
]  # fmt: skip


@pytest.mark.parametrize("number", NUMBERS, ids=lambda number: type(number).__name__)
def test_numbers_of_numpy_come_back_as_those_of_python(tmp_path, number):
    save_checkpoint(tmp_path / "b.ckpt", {"a": [(number,)]})
    [(value,)] = load_checkpoint(tmp_path / "b.ckpt")["a"]
    assert value == number and type(value).__module__ == "builtins"


def test_numbers_of_numpy_may_be_keys(tmp_path):
    save_checkpoint(tmp_path / "b.ckpt", {np.int64(3): 1})
    assert load_checkpoint(tmp_path / "b.ckpt") == {3: 1}


def test_the_versions_of_the_layers_are_kept(tmp_path):
    state = torch.nn.BatchNorm1d(2).state_dict()
    save_checkpoint(tmp_path / "b.ckpt", {"model": state})
    assert load_checkpoint(tmp_path / "b.ckpt")["model"]._metadata == {"": {"version": 2}}


def test_rare_kinds_that_can_be_read_again_are_kept(tmp_path):
    state = OrderedDict(a=torch.float16, b=torch.Size([2]), c=(1, [2.5, None]), d=b"x", e={1: "y"})
    save_checkpoint(tmp_path / "b.ckpt", state)
    assert load_checkpoint(tmp_path / "b.ckpt") == state


@pytest.mark.parametrize("path", [None, 3, b"a.ckpt", ["a.ckpt"], np.array("a")], ids=repr)
def test_what_is_no_path_is_named(path):
    with pytest.raises(TypeError, match=r"^load_checkpoint received path of type"):
        load_checkpoint(path)
    with pytest.raises(TypeError, match=r"^save_checkpoint received path of type"):
        save_checkpoint(path, {})


@pytest.mark.parametrize("name", ["", "a" * 300, "a\0b"], ids=["folder", "long", "zero"])
def test_what_cannot_be_read_is_named(tmp_path, name):
    with pytest.raises(ValueError, match=r"^load_checkpoint received"):
        load_checkpoint(f"{tmp_path}/{name}")


def test_the_home_folder_is_found(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    save_checkpoint("~/a.ckpt", {"step": 3})
    assert load_checkpoint(Path("~") / "a.ckpt") == load_checkpoint(tmp_path / "a.ckpt")


def test_a_checkpoint_that_is_not_there_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"load_checkpoint received .*which is not there"):
        load_checkpoint(tmp_path / "none.ckpt")


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_a_link_into_a_folder_that_is_not_there_is_refused_before_any_work(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "nowhere" / "a.ckpt")
    with pytest.raises(ValueError, match="nowhere, where no file can be written"):
        save_checkpoint(tmp_path / "link", {"step": 1})
