"""Keep the lower bounds true: test the course with the lowest version of every direct requirement.

`python tools/lowest.py` makes an environment of its own in `out/lowest`, installs there what
`pyproject.toml` allows at least (indirect requirements as pip chooses them), and runs the tests.
With `--list` it only says what it would install. A weekly job of the workflow does the same.
"""

import argparse
import re
import subprocess
import sys
import tomllib
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools.setup import python_of  # noqa: E402

ENVIRONMENT = ROOT / "out" / "lowest"
EXTRAS = ("lab", "lecture", "pretrained", "test")
BOUND = re.compile(r"([A-Za-z0-9._-]+)(?:>=|==)([0-9.]+)")


def main(arguments: list[str] | None = None) -> int:
    """Install the lowest versions, run the tests and return their status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--list", action="store_true", help="print what would be installed")
    pins = lowest(tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"])
    if parser.parse_args(arguments).list:
        print(*pins, sep="\n")
        return 0
    venv.create(ENVIRONMENT, clear=True, with_pip=True)
    python = str(python_of(ENVIRONMENT))
    course = ["--no-deps", "--editable", "."]
    for packages in (pins, course):
        subprocess.run([python, "-m", "pip", "install", *packages], cwd=ROOT, check=True)
    return subprocess.call([python, "tools/run_tests.py"], cwd=ROOT)


def lowest(project: dict) -> list[str]:
    """Pin every direct requirement to its lower bound.

    Examples
    --------
    >>> lowest({"dependencies": ["numpy>=2.0"],
    ...         "optional-dependencies": {"lab": ["jupyterlab>=4.2"], "dev": ["ruff>=0.9"]}})
    ['jupyterlab==4.2', 'numpy==2.0']
    """
    extras = project["optional-dependencies"]
    wanted = [*project["dependencies"], *(one for name in EXTRAS for one in extras.get(name, ()))]
    return sorted({pinned(requirement) for requirement in wanted})


def pinned(requirement: str) -> str:
    """Turn `name>=version` into `name==version`; a requirement without a bound is a mistake."""
    bound = BOUND.fullmatch(requirement)
    if bound is None:
        raise ValueError(f"{requirement} has no lower bound: write it as name>=version.")
    return f"{bound[1]}=={bound[2]}"


if __name__ == "__main__":
    sys.exit(main())
