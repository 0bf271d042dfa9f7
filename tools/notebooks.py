"""The notebook loop: turn the text form into an executed notebook.

`python -m tools.notebooks 02` reads `notebooks/src/02_*.py`, runs it from a fresh kernel on one
thread and saves `notebooks/02_*.ipynb` with its outputs; without a number it does so for all.
"""

import argparse
import hashlib
import os
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode

from course_lib import contents
from tools.notebook_lint import faults
from tools.published import fold_outputs, publish, published_metadata

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"
WIDGET = "application/vnd.jupyter.widget-view+json"
NOTEBOOK_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"file_extension": ".py", "name": "python", "pygments_lexer": "ipython3"},
}


def main(arguments: list[str] | None = None) -> int:
    """Build the notebooks of these numbers, or all; return 1 when one has a fault."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("numbers", nargs="*", metavar="NN", help="such as 02; all by default")
    failed = False
    for source in sources(parser.parse_args(arguments).numbers):
        start = time.monotonic()
        found = make(source)
        failed |= bool(found)
        print(f"{source.stem}: {time.monotonic() - start:.0f} s", *found, sep="\n  ", flush=True)
    return int(failed)


def make(source: Path) -> list[str]:
    """Build and save one notebook and list its faults; after an error the old one stays."""
    target = target_of(source)
    try:
        notebook = build(source)
    except CellExecutionError as error:
        return [f"not saved, for a cell failed: {error}"]
    save(notebook, target)
    return faults(target, source)


def sources(numbers: list[str] | None = None) -> list[Path]:
    """List the text forms of these numbers, or all."""
    found = contents.text_forms(NOTEBOOKS)
    if not numbers:
        return found
    unknown = set(numbers) - {path.name[:2] for path in found}
    if unknown:
        raise SystemExit(f"There is no notebook {', '.join(sorted(unknown))} in {NOTEBOOKS}/src.")
    return [path for path in found if path.name[:2] in numbers]


def target_of(source: Path) -> Path:
    """Name the notebook of a text form."""
    return source.parent.parent / f"{source.stem}.ipynb"


def build(source: Path) -> NotebookNode:
    """Read a text form and execute it, keeping nothing that differs from run to run."""
    notebook = read_text_form(source)
    execute(notebook, folder=source.parent.parent)
    drop_volatile(notebook)
    return notebook


def read_text_form(source: Path) -> NotebookNode:
    """Read a text form as the notebook to publish, whose cell ids follow from the cells."""
    notebook = jupytext.read(source, fmt="py:percent")
    seen: Counter[str] = Counter()
    for cell in notebook.cells:
        digest = hashlib.sha256(f"{cell.cell_type} {cell.source}".encode()).hexdigest()[:8]
        seen[digest] += 1
        cell.id = f"{digest}-{seen[digest]}"
    publish(notebook)
    notebook.metadata = nbformat.from_dict(NOTEBOOK_METADATA)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    return notebook


def execute(notebook: NotebookNode, *, folder: Path) -> None:
    """Run all cells in a fresh kernel, on one thread, with a progress file of its own."""
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {
            "OMP_NUM_THREADS": "1",
            "PYTHONHASHSEED": "0",
            "COURSE_PROGRESS": f"{home}/progress.json",
        }
        NotebookClient(
            notebook,
            timeout=600,
            kernel_name="python3",
            record_timing=False,
            store_widget_state=False,
            coalesce_streams=True,
            extra_arguments=["--log-level=ERROR"],
            resources={"metadata": {"path": str(folder)}},
        ).execute()
    notebook.metadata = nbformat.from_dict(NOTEBOOK_METADATA)


def drop_volatile(notebook: NotebookNode) -> None:
    """Drop widgets (they need a kernel; a still figure stands beside) and stray metadata."""
    for cell in notebook.cells:
        cell.metadata = published_metadata(cell)
        if cell.cell_type == "code":
            cell.outputs = [o for o in cell.outputs if WIDGET not in o.get("data", {})]
            fold_outputs(cell)


def save(notebook: NotebookNode, target: Path) -> None:
    """Replace the notebook by a complete new one."""
    nbformat.validate(notebook)
    beside = target.with_suffix(".partial")
    beside.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8")
    beside.replace(target)


if __name__ == "__main__":
    sys.exit(main())
