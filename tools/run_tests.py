"""Run the tests stage by stage, each with a fixed number of threads, and sum up at the end."""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from itertools import chain
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools.chromium import find_chromium  # noqa: E402

WORKERS = str(min(os.cpu_count() or 1, 4))
PARALLEL = ("-n", WORKERS, "--dist", "loadscope", "--benchmark-disable")
NBVAL = ("--nbval", "--nbval-sanitize-with", "tests/notebooks/sanitize.cfg")


class Stage(NamedTuple):
    """One call of a checker: its name in the summary and the module with its arguments."""

    name: str
    command: tuple[str, ...]
    one_thread: bool = True  # results repeat to the last digit; else as many as a learner gets


class Outcome(NamedTuple):
    """How a stage ended."""

    name: str
    passed: bool
    detail: str
    seconds: float
    notebooks: dict[str, float]  # seconds of each


LINT = (
    Stage("ruff check", ("ruff", "check", ".")),
    Stage("ruff format", ("ruff", "format", "--check", ".")),
    Stage("mypy", ("mypy",)),
)
UNIT = Stage(
    "unit, parity, doctest",
    ("pytest", "-q", "tests", "course_lib", "-m", "not slow and not browser", *PARALLEL),
)
NOTEBOOKS = Stage("notebooks (nbval)", ("pytest", "-q", "notebooks", *NBVAL, *PARALLEL))
# The one that more cores once made twenty times slower; sums of PyTorch differ in the last digit.
ALL_CORES = Stage(
    "notebook 06, all cores",
    ("pytest", "-q", "notebooks/06_equivariance_and_invariance.ipynb", "--nbval-lax"),
    one_thread=False,
)
BROWSER = Stage("browser", ("pytest", "-q", "tests/browser", "-m", "browser and not slow"))


def main(arguments: list[str] | None = None) -> int:
    """Run the stages and return 0 when all pass."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fast", action="store_true", help="style, types and the fast tests only")
    fast = parser.parse_args(arguments).fast
    print(FAST_TEXT if fast else FULL_TEXT, flush=True)
    stages = [*LINT, UNIT] if fast else [UNIT, NOTEBOOKS, ALL_CORES]
    missing = None
    if not fast:
        missing = None if find_chromium() else NO_CHROMIUM
        stages += [] if missing else [BROWSER]
    with tempfile.TemporaryDirectory() as home:
        outcomes = [run(stage, Path(home)) for stage in stages]
    print(summary(outcomes, missing))
    return int(not all(outcome.passed for outcome in outcomes))


FAST_TEXT = "Checking style, format and types, then running the fast tests: about one minute."
FULL_TEXT = (
    "Running the tests: unit, parity and doctest, then every notebook, one of them "
    "on all cores, then the browser tests; "
    f"about half an hour on two cores ({WORKERS} workers)."
)
NO_CHROMIUM = "not run: no Chromium found (install Chromium or Chrome, or set COURSE_CHROMIUM)"


def environment(home: Path, *, one_thread: bool) -> dict[str, str]:
    """Fix what tests could depend on: threads, hash seed, and a user folder of their own."""
    kept = {name: value for name, value in os.environ.items() if not name.endswith("NUM_THREADS")}
    fixed = {"PYTHONHASHSEED": "0", "COURSE_PROGRESS": str(home / "progress.json")}
    return kept | fixed | ({"OMP_NUM_THREADS": "1"} if one_thread else {})


def run(stage: Stage, home: Path) -> Outcome:
    """Run one stage, showing its output."""
    print(f"\n== {stage.name}", flush=True)
    report = home / "report.xml"
    report.unlink(missing_ok=True)
    extra = ("--junitxml", str(report)) if stage.command[0] == "pytest" else ()
    start = time.monotonic()
    command = [sys.executable, "-m", *stage.command, *extra]
    status = subprocess.call(command, cwd=ROOT, env=environment(home, one_thread=stage.one_thread))
    seconds = time.monotonic() - start
    return Outcome(stage.name, status == 0, counts(report), seconds, by_notebook(report))


def counts(report: Path) -> str:
    """Sum a report of pytest up: how many tests ran and failed."""
    if not report.exists():
        return ""
    suite = ElementTree.parse(report).getroot().find("testsuite")
    failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
    return f"{suite.get('tests')} tests, {failed} failed, {suite.get('skipped')} skipped"


def by_notebook(report: Path) -> dict[str, float]:
    """Add up the seconds of the cells of each notebook, from pytest's report."""
    seconds: dict[str, float] = {}
    if report.exists():
        for cell in ElementTree.parse(report).getroot().iter("testcase"):
            folder, _, notebook = cell.get("classname", "").partition(".")
            if folder == "notebooks":
                name = notebook.removesuffix(".ipynb")
                seconds[name] = seconds.get(name, 0.0) + float(cell.get("time", 0))
    return dict(sorted(seconds.items()))


def summary(outcomes: list[Outcome], missing_browser: str | None) -> str:
    """Lay the outcomes out as a table with a verdict."""
    lines = [
        f"{o.name:<24}{'passed' if o.passed else 'FAILED':<8}{o.seconds:>6.0f} s  {o.detail}"
        for o in outcomes
    ]
    for notebook, seconds in chain.from_iterable(o.notebooks.items() for o in outcomes):
        lines.append(f"  {notebook:<38}{seconds:>6.0f} s")
    if missing_browser:
        lines.append(f"{'browser':<24}{missing_browser}")
    passed = all(o.passed for o in outcomes)
    total = sum(o.seconds for o in outcomes)
    verdict = "All passed" if passed else "Something FAILED; see above"
    width = min(shutil.get_terminal_size().columns, 80)
    return "\n".join(["", "=" * width, *lines, f"{verdict}, {total / 60:.1f} min.", "=" * width])


if __name__ == "__main__":
    sys.exit(main())
