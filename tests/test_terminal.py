"""What a command prints gets through, or one sentence says why not."""

import errno
import os
import signal
import subprocess
import sys

import pytest

from course_lib.errors import InvalidValue
from course_lib.terminal import plain_text, run_command

COURSE = [sys.executable, "-m", "course_lib"]
posix = pytest.mark.skipif(sys.platform == "win32", reason="needs the shell of POSIX")
TABLES = {
    "summary": ["summary", "lenet5"],
    "parity": ["parity", "--operations", "relu", "--markdown"],
    "help": ["train", "--help"],
}


@pytest.fixture(autouse=True, params=[False, True], ids=["buffered", "unbuffered"])
def buffering(request, monkeypatch):
    """Print at once, and as Python does by itself: then much fails only as the program ends."""
    monkeypatch.delenv("PYTHONUNBUFFERED", raising=False)
    if request.param:
        monkeypatch.setenv("PYTHONUNBUFFERED", "1")


def run(arguments, **options):
    return subprocess.run([*COURSE, *arguments], capture_output=True, timeout=120, **options)


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "cp437", "utf-8"])
def test_narrow_terminals_get_the_table_too(encoding):
    done = run(TABLES["summary"], env={**os.environ, "PYTHONIOENCODING": encoding})
    assert (done.returncode, done.stderr) == (0, b"")
    shown = done.stdout.decode(encoding)
    assert len(shown.splitlines()) > 10
    assert "?" not in shown
    assert ("⁶" in shown) == (encoding == "utf-8")


@posix
@pytest.mark.parametrize("arguments", TABLES.values(), ids=TABLES.keys())
def test_a_reader_that_has_left_is_no_mishap(arguments):
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run([*COURSE, *arguments], stdout=writer, stderr=subprocess.PIPE, timeout=120)
    os.close(writer)
    assert done.stderr == b""


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="a device of Linux")
@pytest.mark.parametrize("arguments", [TABLES["summary"], TABLES["parity"]], ids=["long", "short"])
def test_a_full_disk_is_one_sentence(arguments):
    with open("/dev/full", "w") as full:
        done = subprocess.run([*COURSE, *arguments], stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 1
    said = done.stderr.decode()
    assert said.count("\n") == 1
    assert "the output cannot be written (No space left on device)" in said


@posix
def test_ctrl_c_is_one_line(tmp_path):
    command = [*COURSE, "train", "digits", "--epochs", "500", "--checkpoint", str(tmp_path / "a")]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    while not process.stdout.readline().startswith(b"epoch 1/500"):
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    shown, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"saved in" in shown and b"--resume" in shown
    assert said == b"course train: stopped.\n"
    assert (tmp_path / "a").exists()


@pytest.mark.parametrize(
    "error, status, said",
    [
        (InvalidValue("f", received="1", needed="2", fix="add 1"), 2, "f received 1; it needs 2;"),
        (KeyboardInterrupt(), 130, "stopped."),
        (OSError(errno.ENOSPC, "No space left", "a.json"), 1, "a.json cannot be written (No space"),
        (PermissionError(errno.EACCES, "Permission denied"), 1, "the output cannot be written"),
    ],
    ids=["bad-input", "ctrl-c", "full", "permission"],
)
def test_what_is_not_the_fault_of_the_program_is_one_sentence(capfd, error, status, said):
    def work():
        raise error

    assert run_command("course dance", work) == status
    shown = capfd.readouterr().err
    assert shown.startswith(f"course dance: {said}")
    assert shown.count("\n") == 1


@pytest.mark.parametrize("error", [BrokenPipeError(), OSError(errno.ENOSPC, "full")])
def test_a_stream_in_the_place_of_the_output_keeps_its_file(tmp_path, monkeypatch, error):
    def work():
        raise error

    with open(tmp_path / "shown", "w+") as stream:
        monkeypatch.setattr(sys, "stdout", stream)
        run_command("course dance", work)
        print("later", file=stream, flush=True)
        monkeypatch.undo()
    assert (tmp_path / "shown").read_text() == "later\n"


def test_a_mistake_of_the_program_is_not_hidden():
    def work():
        raise FileNotFoundError(errno.ENOENT, "No such file")

    with pytest.raises(FileNotFoundError):
        run_command("course dance", work)


@pytest.mark.parametrize(
    "text, plain",
    [
        ("3×3", "3x3"), ("10⁶", "10^6"), ("2·10⁻³", "2*10^-^3"), ("a → b", "a -> b"),
        ("≥ 1", ">= 1"), ("✓", "+"), ("naïve", "naive"), ("x₀", "x0"), ("中", "?"), ("a-z", "a-z"),
    ],
)  # fmt: skip
def test_plain_text_says_the_same(text, plain):
    assert plain_text(text) == plain
