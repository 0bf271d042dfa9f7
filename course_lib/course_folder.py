"""Where the course lives on this machine."""

from collections.abc import Collection
from pathlib import Path

from course_lib.errors import InvalidValue, MissingFile

FIRST_NOTEBOOK = "00_start_here.ipynb"


def notebook_folder() -> Path:
    """Find the notebooks: in the folder one stands in, else beside the package.

    Raises
    ------
    FileNotFoundError
        If neither place has them.
    """
    beside_package = Path(__file__).resolve().parent.parent / "notebooks"
    for folder in (Path.cwd() / "notebooks", Path.cwd(), beside_package):
        if (folder / FIRST_NOTEBOOK).exists():
            return folder
    raise MissingFile(
        "course", received=f"the folder {Path.cwd()}",
        needed=f"a folder with notebooks/{FIRST_NOTEBOOK}",
        fix="change to the folder of the course")  # fmt: skip


def find_notebooks(numbers: Collection[str] = ()) -> list[Path]:
    """List the notebooks of these numbers, such as "02", or all.

    Raises
    ------
    ValueError
        If there is no notebook of a number.
    """
    every = {path.name[:2]: path for path in sorted(notebook_folder().glob("[0-9][0-9]_*.ipynb"))}
    for number in numbers:
        if number not in every:
            raise InvalidValue(
                "course", received=f"the notebook number {number!r}",
                needed=f"one of {', '.join(every)}", fix="write it with two digits")  # fmt: skip
    return [every[number] for number in numbers] or list(every.values())
