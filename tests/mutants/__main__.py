"""Plant each mutant in a copy of the project, run its tests, and list the survivors."""

import argparse
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from mutants import ROOT, Mutant, all_mutants

COPIED = ("conftest.py", "course_lib", "tests", "tools", "pyproject.toml")
LIMIT_SECONDS = 300


def is_caught(mutant: Mutant) -> bool:
    """Tell whether the tests of a mutant fail (or hang) once it is planted."""
    with tempfile.TemporaryDirectory() as folder:
        copy = copy_project(Path(folder))
        mutant.plant(copy)
        return not tests_pass(copy, mutant.tests)


def copy_project(folder: Path) -> Path:
    """Copy what the tests need, without caches."""
    for name in COPIED:
        source, target = ROOT / name, folder / name
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)
    return folder


def tests_pass(root: Path, tests: str) -> bool:
    """Run pytest on `tests` (paths or node ids, separated by blanks) in the project at `root`."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider"]
    environment = dict(os.environ, PYTHONPATH=str(root), OMP_NUM_THREADS="1")
    try:
        done = subprocess.run(
            [*command, *shlex.split(tests)],
            cwd=root,
            env=environment,
            capture_output=True,
            timeout=LIMIT_SECONDS,
        )
    except subprocess.TimeoutExpired:
        return False
    if done.returncode not in (0, 1):
        raise RuntimeError(f"pytest could not run {tests}:\n{done.stdout.decode()[-2000:]}")
    return done.returncode == 0


def require_green(pool: ThreadPoolExecutor, selections: list[str]) -> None:
    """Stop unless the tests pass without a mutant: else every mutant would seem caught."""
    with tempfile.TemporaryDirectory() as folder:
        copy = copy_project(Path(folder))
        passes = list(pool.map(lambda tests: tests_pass(copy, tests), selections))
    failing = [tests for tests, passed in zip(selections, passes, strict=True) if not passed]
    if failing:
        raise SystemExit(f"these tests fail without any mutant: {', '.join(failing)}")


def main() -> int:
    """Run the mutants and return how many survived."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=2, help="mutants tried at the same time")
    parser.add_argument("--only", default="", help="run the mutants whose name holds this text")
    options = parser.parse_args()
    mutants = [mutant for mutant in all_mutants() if options.only in mutant.name]
    with ThreadPoolExecutor(options.jobs) as pool:
        require_green(pool, sorted({mutant.tests for mutant in mutants}))
        caught = []
        for mutant, dead in zip(mutants, pool.map(is_caught, mutants), strict=True):
            caught.append(dead)
            print(f"{'caught  ' if dead else 'SURVIVED'} {mutant.name}", flush=True)
    print(f"{sum(caught)} of {len(mutants)} mutants caught")
    return len(caught) - sum(caught)


if __name__ == "__main__":
    sys.exit(main())
