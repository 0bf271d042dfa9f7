"""A file is replaced whole, where a link leads, with the permissions that files have here."""

import os
import stat
import sys

import pytest

from course_lib.files import replace_file

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no permission bits")


@pytest.fixture(params=[0o022, 0o077, 0o002], ids=oct)
def umask(request):
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def permissions(path):
    return stat.S_IMODE(path.stat().st_mode)


@posix
def test_a_new_file_has_the_usual_permissions(tmp_path, umask):
    replace_file(tmp_path / "new", b"content")
    assert permissions(tmp_path / "new") == 0o666 & ~umask


@posix
@pytest.mark.parametrize("mode", [0o640, 0o600, 0o666], ids=oct)
def test_an_old_file_keeps_its_permissions(tmp_path, mode):
    path = tmp_path / "old"
    path.write_bytes(b"old")
    path.chmod(mode)
    replace_file(path, b"new")
    assert (path.read_bytes(), permissions(path)) == (b"new", mode)


@posix
@pytest.mark.parametrize("is_there", [True, False], ids=["file", "dangling"])
def test_a_link_is_followed(tmp_path, is_there):
    for name in ("real", "links"):
        (tmp_path / name).mkdir()
    target, link = tmp_path / "real" / "file", tmp_path / "links" / "link"
    if is_there:
        target.write_bytes(b"old")
    link.symlink_to(target)
    replace_file(link, b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"
    assert os.listdir(link.parent) == ["link"]


@pytest.mark.parametrize("stops_at", ["fsync", "replace"])
def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch, stops_at):
    (tmp_path / "file").write_bytes(b"old")

    def fail(*arguments):
        raise OSError("no space left on device")

    monkeypatch.setattr(os, stops_at, fail)
    with pytest.raises(OSError, match="no space left"):
        replace_file(tmp_path / "file", b"new")
    assert (tmp_path / "file").read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["file"]


def test_the_file_is_never_open_for_writing_in_its_place(tmp_path, monkeypatch):
    path = tmp_path / "file"
    path.write_bytes(b"old")
    seen = []
    rename = os.replace

    def look(*paths):
        seen.append(path.read_bytes())
        rename(*paths)

    monkeypatch.setattr(os, "replace", look)
    replace_file(path, b"new")
    assert (seen, path.read_bytes()) == ([b"old"], b"new")
