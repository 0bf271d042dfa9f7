"""The set-up script decides rightly, and says each failure in one sentence."""

import json
import os
import shutil
import subprocess
import sys
from collections import namedtuple

import pytest

from tools import setup

Usage = namedtuple("Usage", "total used free")

NETWORK = """WARNING: Retrying after connection broken by 'NewConnectionError'
ERROR: Could not find a version that satisfies the requirement setuptools>=77 (from versions: none)
ERROR: No matching distribution found for setuptools>=77
"""
DISK = "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device\n"
MISSING = "ERROR: No matching distribution found for torch==2.13.0\n"


@pytest.fixture
def house(tmp_path, monkeypatch):
    """Give the script a folder of its own and record what it would install and run."""
    for name in ("pyproject.toml", "constraints.txt"):
        (tmp_path / name).write_text("first", encoding="utf-8")
    monkeypatch.setattr(setup, "ROOT", tmp_path)
    monkeypatch.setattr(setup, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(setup, "STAMP", tmp_path / ".venv" / "stamp.json")
    done = []
    monkeypatch.setattr(setup, "create_environment", lambda: make_python(tmp_path))
    monkeypatch.setattr(setup, "install", lambda extras, newest: done.append((extras, newest)))
    monkeypatch.setattr(setup, "run", lambda arguments: done.append(arguments) or 0)
    monkeypatch.setattr(setup, "takes_cuda_build", lambda: False)
    return done


def make_python(root):
    python = setup.python_of(root / ".venv")
    python.parent.mkdir(parents=True, exist_ok=True)
    python.touch()


def lines_after_stop(capsys):
    return capsys.readouterr().err.partition("Set-up stopped. ")[2].splitlines()


def test_first_start_installs_and_second_does_not(house):
    assert setup.main(["lab"]) == 0
    assert setup.main(["lab"]) == 0
    extras, command = setup.TASKS["lab"]
    assert house == [(sorted(extras), False), [*command], [*command]]


def test_test_adds_to_what_lab_has_installed(house):
    setup.main(["lab"])
    setup.main(["test"])
    setup.main(["lab"])
    assert [step for step in house if isinstance(step, tuple)] == [
        (["lab", "lecture"], False),
        (["lab", "lecture", "pretrained", "test"], False),
    ]


@pytest.mark.parametrize("changed", ["pyproject.toml", "constraints.txt"])
def test_new_requirements_are_installed(house, changed):
    setup.main(["install"])
    (setup.ROOT / changed).write_text("second", encoding="utf-8")
    setup.main(["install"])
    assert house == [(["dev"], False), (["dev"], False)]


def test_newest_packages_are_another_set_up(house):
    setup.main(["install"])
    setup.main(["--newest", "install"])
    assert house == [(["dev"], False), (["dev"], True)]


def test_failed_set_up_is_taken_up_again(house, monkeypatch, capsys):
    def fail(extras, newest):
        raise setup.SetupError("No network.")

    works = setup.install
    monkeypatch.setattr(setup, "install", fail)
    assert setup.main(["lab"]) == 1
    assert lines_after_stop(capsys) == ["No network."]
    monkeypatch.setattr(setup, "install", works)
    assert setup.main(["lab"]) == 0
    assert house[0] == (["lab", "lecture"], False)


@pytest.mark.parametrize(
    "content", ["", "{", json.dumps({"fingerprint": "old", "extras": ["dev"]})]
)
def test_broken_or_old_stamp_means_a_new_set_up(house, content):
    setup.main(["install"])
    setup.STAMP.write_text(content, encoding="utf-8")
    setup.main(["install"])
    assert len(house) == 2


def test_stopping_by_hand_is_no_failure_of_the_course(house, monkeypatch, capsys):
    def stop(extras, newest):
        raise KeyboardInterrupt

    monkeypatch.setattr(setup, "install", stop)
    assert setup.main(["lab"]) == 130
    assert "picks up" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform == "win32", reason="Windows ends a process without a signal")
def test_stopping_the_script_stops_its_program(tmp_path):
    program = (
        "import signal, sys, time; signal.signal(signal.SIGTERM, lambda *_: sys.exit(7)); "
        "print('up', flush=True); [time.sleep(0.05) for _ in range(1200)]"
    )
    code = (
        "import sys; from tools import setup; setup.python_of = lambda place: sys.executable; "
        f"sys.exit(setup.run(['-c', {program!r}]))"
    )
    script = subprocess.Popen(
        [sys.executable, "-c", code], cwd=setup.ROOT, stdout=subprocess.PIPE, text=True
    )
    assert script.stdout.readline() == "up\n"
    script.terminate()
    assert script.wait(timeout=20) == 7
    script.stdout.close()


def test_options_after_the_task_reach_its_program(house):
    setup.main(["lab", "--no-browser"])
    assert house[-1] == ["-m", "course_lib", "lab", "--no-browser"]


@pytest.mark.parametrize("version", [(3, 10, 14), (3, 6, 0), (2, 7, 18)])
def test_old_python_is_named(house, monkeypatch, capsys, version):
    monkeypatch.setattr(sys, "version_info", version)
    assert setup.main(["lab"]) == 1
    (sentence,) = lines_after_stop(capsys)
    assert "needs Python 3.11 or newer" in sentence
    assert f"this is {version[0]}.{version[1]};" in sentence
    assert house == []


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 12, 1), (3, 14, 0), (4, 0, 0)])
def test_new_python_is_welcome(version):
    setup.check_python(version)


@pytest.mark.parametrize("cuda, needed", [(False, 2500), (True, 9000)], ids=["cpu", "cuda"])
def test_full_disk_is_seen_before_anything_is_done(house, monkeypatch, capsys, cuda, needed):
    monkeypatch.setattr(setup, "takes_cuda_build", lambda: cuda)
    monkeypatch.setattr(
        shutil, "disk_usage", lambda folder: Usage(10**10, 10**10, needed * 10**6 - 1)
    )
    assert setup.main(["lab"]) == 1
    (sentence,) = lines_after_stop(capsys)
    assert f"need {needed} MB" in sentence
    assert f"has {needed - 1} MB free" in sentence
    assert house == []


@pytest.mark.parametrize(
    "platform, configured, variable, cuda",
    [
        ("linux", "global.timeout='60'\n", None, True),
        ("linux", "global.index-url='https://mirror.example'\n", None, False),
        ("linux", "", "PIP_EXTRA_INDEX_URL", False),
        ("darwin", "", None, False),
    ],
    ids=["plain", "mirror", "cpu-index", "mac"],
)
def test_the_cuda_build_comes_to_linux_unless_pip_is_sent_elsewhere(
    monkeypatch, platform, configured, variable, cuda
):
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    if variable:
        monkeypatch.setenv(variable, "https://example.org/cpu")
    monkeypatch.setattr(setup.sys, "platform", platform)
    listed = subprocess.CompletedProcess([], 0, stdout=configured)
    monkeypatch.setattr(setup.subprocess, "run", lambda *a, **k: listed)
    assert setup.takes_cuda_build() is cuda


@pytest.mark.parametrize(
    "errors, words",
    [
        pytest.param(NETWORK, "setuptools>=77 could not be reached", id="network"),
        pytest.param(DISK, "The disk is full", id="disk"),
        pytest.param(MISSING, "torch==2.13.0 was not found for Python", id="missing"),
        pytest.param(DISK + NETWORK, "The disk is full", id="disk-before-network"),
        pytest.param("SSLError: certificate", "A package could not be reached", id="certificate"),
    ],
)
def test_errors_of_pip_become_one_sentence(errors, words):
    sentence = setup.explain(errors)
    assert words in sentence
    assert "\n" not in sentence
    assert sentence.endswith(".")


def test_errors_of_another_kind_stay_as_pip_wrote_them():
    assert setup.explain("ERROR: metadata-generation-failed") is None


@pytest.mark.parametrize("task", ["lab", "test", "check", "install"])
def test_tasks_install_extras_that_exist(task):
    import tomllib

    declared = tomllib.loads((setup.ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert set(setup.TASKS[task][0]) <= set(declared["project"]["optional-dependencies"])


def test_script_runs_by_itself():
    command = [sys.executable, str(setup.ROOT / "tools" / "setup.py"), "--help"]
    assert subprocess.run(command, capture_output=True).returncode == 0


def test_old_pythons_can_read_the_script():
    import ast

    source = (setup.ROOT / "tools" / "setup.py").read_text(encoding="utf-8")
    ast.parse(source, feature_version=(3, 7))
