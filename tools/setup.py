"""Set the course up in `.venv`, then start it: `python tools/setup.py lab` (or `test`, `check`).

Only the standard library is used, and no syntax that a Python too old for the course would
stumble over: such a Python shall give a sentence, not a traceback.
"""

import argparse
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "course-setup.json"
OLDEST_PYTHON = (3, 11)
MEGABYTE = 1_000_000
NEEDED_MB = 2500
NEEDED_MB_CUDA = 9000  # 2.9 GB of downloads beside 5.9 GB of what they hold

# What each task installs, and what it then runs with the Python of the environment.
TASKS = {
    "lab": (("lab", "lecture"), ("-m", "course_lib", "lab")),
    "test": (("lab", "lecture", "pretrained", "test"), ("tools/run_tests.py",)),
    "check": (("dev",), ("tools/run_tests.py", "--fast")),
    "install": (("dev",), ()),
}

ANNOUNCEMENT = """\
Setting up the course in {folder} (first time only).
  Download: about 450 MB; on Linux about 3 GB, unless PyTorch comes as CPU build (see README).
  On disk:  about 2 GB; with the CUDA build about 6 GB, and 3 GB more while it is installed.
  Time:     about 3 minutes at 50 Mbit/s; the CUDA build takes about 10."""

NO_NETWORK = re.compile(
    "NewConnectionError|Max retries exceeded|Connection (?:refused|reset|timed out|broken)"
    "|name resolution|getaddrinfo failed|ProxyError|ConnectTimeout|ReadTimeout|SSLError"
)
ELSEWHERE = re.compile("index.url|find.links|no.index", re.IGNORECASE)  # settings of pip
NOT_FOUND = re.compile(r"No matching distribution found for (\S+)")


class SetupError(Exception):
    """What stops the set-up, in one sentence for the learner."""


def main(arguments=None):
    """Set up what the task needs, run it, and return its exit status."""
    options, rest = parse(arguments)
    extras, command = TASKS[options.task]
    try:
        check_python(sys.version_info)
        prepare(extras, newest=options.newest)
    except SetupError as problem:
        print("\nSet-up stopped. " + str(problem), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nSet-up stopped by you. The same command picks up from here.", file=sys.stderr)
        return 130
    return run([*command, *rest]) if command else 0


def parse(arguments):
    """Read the command line; options unknown here go to the program of the task."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("task", choices=TASKS, help="what to set up and start")
    parser.add_argument(
        "--newest", action="store_true", help="take the newest packages, not the tested ones"
    )
    return parser.parse_known_args(arguments)


def check_python(version):
    """Stop unless this Python is new enough."""
    if tuple(version[:2]) < OLDEST_PYTHON:
        raise SetupError(
            "The course needs Python {}.{} or newer and this is {}.{}; install a newer one and "
            "name it, for example `make lab PYTHON=python3.12`.".format(
                *OLDEST_PYTHON, *version[:2]
            )
        )


def check_disk(folder):
    """Stop unless the packages fit on the disk."""
    free = shutil.disk_usage(folder).free // MEGABYTE
    needed = NEEDED_MB_CUDA if takes_cuda_build() else NEEDED_MB
    if free < needed:
        advice = " or take the CPU build of PyTorch (see README)" if needed > NEEDED_MB else ""
        raise SetupError(
            f"The packages need {needed} MB and the disk of {folder} has {free} MB free; "
            f"free some space{advice}, then run the same command again."
        )


def takes_cuda_build():
    """Tell whether pip will take PyTorch with CUDA: on Linux, unless it is sent elsewhere."""
    if not sys.platform.startswith("linux"):
        return False
    pip = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], stdout=subprocess.PIPE, text=True
    )
    settings = [pip.stdout, *(name + "=" for name in os.environ if name.startswith("PIP_"))]
    return not ELSEWHERE.search("\n".join(settings))


def prepare(extras, newest=False):
    """Install the extras into the environment, unless that is done already."""
    installed = read_stamp(newest)
    if set(extras) <= set(installed):
        return
    extras = sorted({*installed, *extras})
    check_disk(ROOT)
    print(ANNOUNCEMENT.format(folder=VENV), flush=True)
    start = time.monotonic()
    create_environment()
    install(extras, newest)
    write_stamp(extras, newest)
    print(f"Set up in {time.monotonic() - start:.0f} s.\n", flush=True)


def python_of(environment):
    """Find the Python of a virtual environment, on Windows or elsewhere."""
    windows = environment / "Scripts" / "python.exe"
    return windows if sys.platform == "win32" else environment / "bin" / "python"


def create_environment():
    """Make the virtual environment, or keep the one that stands if its pip works."""
    python = python_of(VENV)
    if python.exists() and call([python, "-m", "pip", "--version"]).returncode == 0:
        return
    try:
        venv.create(str(VENV), clear=VENV.exists(), with_pip=True)
    except (OSError, subprocess.CalledProcessError) as problem:
        raise SetupError(explain(str(problem)) or NO_VENV.format(problem)) from None


NO_VENV = (
    "The virtual environment could not be made ({}); on Debian and Ubuntu install python3-venv, "
    "elsewhere install Python anew, then run the same command again."
)


def call(command):
    """Run a small command without showing its output."""
    return subprocess.run(
        [str(part) for part in command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def install(extras, newest):
    """Let pip install the course with its extras; what it has downloaded before, it keeps."""
    versions = ["--upgrade"] if newest else ["--constraint", "constraints.txt"]
    target = ".[{}]".format(",".join(extras))
    command = [str(python_of(VENV)), "-m", "pip", "install", *versions, "--editable", target]
    pip = subprocess.Popen(command, cwd=str(ROOT), stderr=subprocess.PIPE, text=True)
    errors = []
    for line in pip.stderr:
        sys.stderr.write(line)
        errors.append(line)
    if pip.wait() != 0:
        raise SetupError(explain("".join(errors)) or UNKNOWN)


UNKNOWN = (
    "pip could not install the packages, for the reason in the lines above; "
    "once it is mended, run the same command again."
)


def explain(errors):
    """Turn the errors of pip into one sentence, or None where they are of another kind."""
    if "No space left on device" in errors or "not enough space on the disk" in errors:
        return (
            f"The disk is full: the packages need {NEEDED_MB} MB, with the CUDA build of PyTorch "
            f"{NEEDED_MB_CUDA} MB; free some space, "
            "then run the same command again."
        )
    missing = NOT_FOUND.search(errors)
    name = missing.group(1) if missing else "A package"
    if NO_NETWORK.search(errors):
        return (
            f"{name} could not be reached; check the network or the proxy, then run the same "
            "command again: what is already downloaded is kept."
        )
    if missing:
        version = "{}.{}".format(*sys.version_info[:2])
        return (
            f"{name} was not found for Python {version} on this system; check the network, or "
            "name another Python, for example `make lab PYTHON=python3.12`."
        )
    return None


def fingerprint(newest):
    """Tell whether the environment still fits: requirements, place and Python."""
    files = [ROOT / "pyproject.toml", ROOT / "constraints.txt"]
    about = [str(ROOT), str(newest), "{}.{}".format(*sys.version_info[:2])]
    content = b"".join(path.read_bytes() for path in files) + "\n".join(about).encode()
    return hashlib.sha256(content).hexdigest()


def read_stamp(newest):
    """List the extras that are installed as wanted; none after a failed or older set-up."""
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    fits = stamp["fingerprint"] == fingerprint(newest) and python_of(VENV).exists()
    return stamp["extras"] if fits else []


def write_stamp(extras, newest):
    """Note that the set-up is complete; the last thing it does."""
    stamp = {"fingerprint": fingerprint(newest), "extras": extras}
    STAMP.write_text(json.dumps(stamp), encoding="utf-8")


def run(arguments):
    """Run a program of the course in the environment and hand its exit status on.

    Whoever stops this script stops the program: a signal is passed on, and the program is given
    the time to end in order. A signal is only noted when it comes, and passed on by the loop: one
    that came just before a wait without end would be heard after it.
    """
    heard = []
    before = [
        (number, signal.signal(number, lambda number, frame: heard.append(number)))
        for number in (signal.SIGTERM, signal.SIGINT)
    ]
    try:
        program = subprocess.Popen([str(python_of(VENV)), *arguments], cwd=str(ROOT))
        while program.poll() is None:
            pass_on(heard, program)
            time.sleep(0.05)
        return program.returncode
    finally:
        for number, handler in before:
            signal.signal(number, handler)


def pass_on(heard, program):
    """Send a program the signals that were heard."""
    while heard:
        number = heard.pop(0)
        if sys.platform != "win32" or number == signal.SIGTERM:  # Windows sends Ctrl+C to both
            program.send_signal(number)


if __name__ == "__main__":
    sys.exit(main())
