"""What the user's own file, a name, a device or too little memory stops is one sentence."""

import errno
import os
import subprocess
import sys
from pathlib import Path
from unittest.mock import Mock

import pytest

from course_lib.bench.report import save_chart
from course_lib.cli import main
from course_lib.files import replace_file
from course_lib.live.microscope_figure import save_microscope
from course_lib.option_types import amount, file_path
from course_lib.processes import THREAD_VARIABLES
from course_lib.terminal import run_command
from course_lib.training.command import LARGEST_SEED

OWN_FILES = {
    "fails.py": "import no_such_module_anywhere",
    "exits.py": "import sys\nsys.exit(3)",
    "no_syntax.py": "def :",
    "net.py": """
import sys
from torch import nn
import beside

class Needs(nn.Module):
    def __init__(self, width):
        super().__init__()

class Fails(nn.Module):
    def __init__(self):
        raise RuntimeError("two\\nlines")

def good():
    return nn.Sequential(nn.Conv2d(1, beside.WIDTH, 3))

class Exits(nn.Module):
    def forward(self, x):
        sys.exit("enough")

number, words, taken = 3, "net", sys.argv
made = good()
""",
    "beside.py": "WIDTH = 4",
}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Stand in a folder with files of the user's own."""
    for name, text in OWN_FILES.items():
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refused(arguments, capfd):
    """Run a command that must refuse its input; give what it says."""
    try:
        status = main(arguments)
    except SystemExit as stop:  # argparse prints its usage first
        status = stop.code
    shown = capfd.readouterr()
    assert status == 2
    assert "Traceback" not in shown.err
    sentence = shown.err.splitlines()[-1]
    assert shown.err.startswith("usage: ") or shown.err.count("\n") == 1
    return sentence


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["fails.py:net"], "stopped with ModuleNotFoundError: No module named 'no_such"),
        (["exits.py:net"], "exits.py, which stopped with SystemExit: 3; it needs a file that runs"),
        (["no_syntax.py:net"], "no_syntax.py, which stopped with SyntaxError: invalid syntax"),
        (["net.py:Needs"], "net.py:Needs, which stopped with TypeError"),
        (["net.py:Fails"], "net.py:Fails, which stopped with RuntimeError: two lines; it needs"),
        (["net.py:number"], "a int from net.py:number; it needs a torch.nn.Module"),
        (["net.py:words"], "a str from net.py:words; it needs a torch.nn.Module"),
        (["net.py:missing"], "the name 'missing', which net.py does not define"),
        (["net.py:Exits", "--input", "1,1,8,8"], "a Exits that stops on inputs (1, 1, 8, 8)"),
        (["lenet5", "--input", ""], "input ''; it needs whole numbers with commas"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_summary_says_what_is_wrong_with_a_file(folder, capfd, arguments, words):
    assert words in refused(["summary", *arguments], capfd)


@pytest.mark.parametrize("name", ["good", "made"])
def test_summary_runs_a_file_as_python_does(folder, monkeypatch, capsys, name):
    before = list(sys.path), ["course", "summary"]
    monkeypatch.setattr(sys, "argv", before[1])
    (folder / "net.py").write_text(OWN_FILES["net.py"] + "\nassert taken == [__file__], taken\n")
    assert main(["summary", str(folder / f"net.py:{name}"), "--input", "1,1,8,8"]) == 0
    assert "(1, 4, 6, 6)" in capsys.readouterr().out
    assert (sys.path, sys.argv) == before


@pytest.mark.parametrize(
    ("command", "option"),
    [
        *[("parity --networks lenet5", option) for option in (
            "--operations relu", "--only ties", "--json rows.json", "--markdown", "--all",
            "--device cpu:0", "--dtype float32",
        )],
        *[("bench --networks lenet5", option) for option in (
            "--operations relu", "--only relu", "--json rows.json", "--chart chart.png",
        )],
        *[("bench --cores", option) for option in (
            "--operations relu", "--only relu", "--networks", "--json rows.json",
            "--chart chart.png",
        )],
    ],
)  # fmt: skip
def test_an_option_that_would_not_be_heeded_is_refused(folder, capfd, monkeypatch, command, option):
    for name in THREAD_VARIABLES:  # or bench begins anew in a process of its own
        monkeypatch.setenv(name, "1")
    work = Mock(side_effect=AssertionError("work has begun"))
    for place in ("parity.networks.run_networks", "bench.command._report_networks",
                  "bench.command.report_cores"):  # fmt: skip
        monkeypatch.setattr(f"course_lib.{place}", work)
    said = refused([*command.split(), *option.split()], capfd)
    choice = command.split()[1]
    assert f"{option.split()[0]} with {choice}; it needs one of them" in said


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["parity", "--size", "32"], "--size without --networks; it needs both or none"),
        (["parity", "--device", "meta"], "device='meta'; it needs a device that PyTorch can use"),
        (["parity", "--device", "abacus"], "device='abacus'; it needs a device that PyTorch"),
        (["parity", "--device", ""], "device=''; it needs a device that PyTorch can use"),
        (["parity", "--device", "cuda:99"], "device='cuda:99'; it needs an NVIDIA GPU"),
        (["train", "digits", "--device", "meta"], "device='meta'; it needs a device that"),
        (["train", "digits", "--seed", str(LARGEST_SEED + 1)], f"seed={LARGEST_SEED + 1}; it"),
        (["train", "~nobody-of-this-name/digits"], "'~nobody-of-this-name/digits'; it needs name"),
        (["train", "digits", "--checkpoint", "~nobody-of-this-name/a"], "names no home folder"),
        (["microscope", "--size", "0"], "size=0; it needs size of at least 1"),
        (["microscope", "--size", "-3"], "size=-3; it needs size of at least 1"),
        (["microscope", "--output", "~nobody-of-this-name/a"], "names no home folder"),
        (["gpu-report", "--output", ""], "--output ., which is a folder"),
        (["gpu-report", "--output", "folder"], "--output folder, which is a folder"),
        (["train", "digits", "--learning-rate", "nan"], "'nan' is not a number from 0 on"),
        (["train", "digits", "--learning-rate", "1e400"], "'1e400' is not a number from 0 on"),
        (["train", "digits", "--learning-rate=-1"], "'-1' is not a number from 0 on"),
        (["train", "digits", "--learning-rate", "x"], "--learning-rate: 'x' is not a number"),
        (["bench", "--seconds", "nan"], "argument --seconds: 'nan' is not a number from 0 on"),
        (["bench", "--json=~nobody-of-this-name/a"], "names no home folder"),
        (["bench", "--chart", "chart.abc"], "--chart chart.abc; it needs a file that ends on"),
        (["gpu-report", "--minutes", "inf"], "'inf' is not a number from 0 on"),
        (["summary", "lenet5", "--input", f"1,1,{10**12},{10**12}"], "that a computer can address"),
        (["summary", "lenet5", "--input=--"], "argument --input: -- is no value"),
        (["slides", "--output=--"], "argument --output: -- is no value"),
        (["parity", "--networks", "lenet5", "--size=--"], "argument --size: -- is no value"),
        (["slides", "a\nb"], "the notebook number 'a\\nb'; it needs"),
        (["summary", "a\n\x1b[2Jb.py:net"], "a\\n\\x1b[2Jb.py"),
        (["train", "digits", "--checkpoint", "a\nb/c"], "checkpoint a\\nb/c in a folder that"),
        (["train", "--nothing\nhere", "digits"], "unknown option --nothing\\nhere; see"),
        (["gpu-report", "--output", "/"], "--output /, which is a folder"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_value_that_cannot_be_used_is_refused(folder, capfd, monkeypatch, arguments, words):
    (folder / "folder").mkdir()
    for name in THREAD_VARIABLES:
        monkeypatch.setenv(name, "1")
    work = Mock(side_effect=AssertionError("work has begun"))
    for place in (
        "bench.command._measure", "gpu_report.make_report",
        "live.microscope_figure.save_microscope",
    ):  # fmt: skip
        monkeypatch.setattr(f"course_lib.{place}", work)
    assert words in refused(arguments, capfd)


@pytest.mark.parametrize(
    "arguments",
    [["parity", "--operations", "relu", "--json"], ["microscope", "--output"]],
    ids=" ".join,
)
def test_a_tilde_is_the_home_folder(folder, monkeypatch, arguments):
    monkeypatch.setenv("USERPROFILE" if sys.platform == "win32" else "HOME", str(folder))
    *others, option = arguments
    assert main([*others, f"{option}=~/made"]) == 0
    assert (folder / "made").is_file()
    assert file_path("~/a") == folder / "a"
    assert file_path("a/~") == Path("a/~")


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        (MemoryError(), "this takes more memory than there is (no more can be had)."),
        (MemoryError("Unable to\nallocate 9 TiB"), "there is (Unable to allocate 9 TiB)."),
        (IsADirectoryError(errno.EISDIR, "Is a directory", "a"), "a cannot be written (Is a dir"),
        (NotADirectoryError(errno.ENOTDIR, "Not a directory", "a"), "a cannot be written (Not a"),
        (OSError(errno.ENAMETOOLONG, "File name too long", "a"), "a cannot be written (File name"),
        (OSError(errno.ELOOP, "Too many links", "a"), "a cannot be written (Too many links)."),
    ],
    ids=lambda value: getattr(value, "strerror", None) or str(value)[:9],
)
def test_memory_and_places_are_no_mistakes_of_the_program(capfd, problem, said):
    assert run_command("course dance", Mock(side_effect=problem)) == 1
    shown = capfd.readouterr().err
    assert shown.startswith("course dance: ")
    assert said in shown
    assert shown.count("\n") == 1


@pytest.mark.skipif(sys.platform == "win32", reason="needs the shell of POSIX")
@pytest.mark.parametrize(
    ("closed", "arguments", "status"),
    [
        (">&-", "lab --help", 0),
        (">&-", "lab --ip=0.0.0.0 --token=", 2),
        ("2>&-", "lab --ip=0.0.0.0 --token=", 2),
        ("2>/dev/full", "lab --ip=0.0.0.0 --token=", 2),
        (">&- 2>&-", "lab --ip=0.0.0.0 --token=", 2),
    ],
)
def test_streams_that_the_shell_has_closed(tmp_path, closed, arguments, status):
    command = f'"{sys.executable}" -m course_lib {arguments} {closed}'
    if "/dev/full" in closed and not os.path.exists("/dev/full"):
        pytest.skip("a device of Linux")
    done = subprocess.run(command, shell=True, capture_output=True, timeout=60)
    assert done.returncode == status
    assert b"Traceback" not in done.stderr
    assert done.stdout == b""


@pytest.mark.parametrize("text, number", [("0", 0.0), ("1e-3", 1e-3), (" 5 ", 5.0), ("1_0", 10.0)])
def test_amounts_are_read(text, number):
    assert amount(text) == number


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX limits the size of files")
@pytest.mark.parametrize(
    ("write", "name"),
    [
        (lambda path: save_microscope(path), "page.html"),
        (lambda path: save_chart([], path), "chart.png"),
        (lambda path: replace_file(path, bytes(9999)), "rows.json"),
    ],
    ids=["microscope", "chart", "any"],
)
def test_a_disk_that_gets_full_leaves_the_old_file(tmp_path, write, name):
    import resource

    (tmp_path / name).write_text("the old one")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        with pytest.raises(OSError, match="too large"):
            write(tmp_path / name)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert (tmp_path / name).read_text() == "the old one"
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("ends", [True, False])
def test_ctrl_c_in_a_benchmark_is_said_once(monkeypatch, capfd, ends):
    process = Mock()
    last = 130 if ends else subprocess.TimeoutExpired("bench", 5)
    process.wait.side_effect = [KeyboardInterrupt, last]
    monkeypatch.setattr("course_lib.bench.has_one_thread", lambda: False)
    monkeypatch.setattr("course_lib.bench.subprocess.Popen", lambda *a, **k: process)
    assert main(["bench"]) == 130
    assert capfd.readouterr().err == ("" if ends else "course bench: stopped.\n")
    assert process.kill.called == (not ends)
