"""Live figures in JupyterLab: run, saved and trusted, saved and not trusted, and read by Python."""

import os
import shutil
import subprocess
import sys
import time

import nbformat
import pytest
from browser.jupyter import menu, open_page, running_lab, save, wait_for_kernel
from nbformat import v4

from tools.notebooks import NOTEBOOK_METADATA, NOTEBOOKS

pytestmark = pytest.mark.browser

FIGURE = "[data-figure^=sliding_kernel]"
STAGE = f"{FIGURE} .stage"
COLUMN = f"document.querySelector('{FIGURE}').live.state().column"
SAVED = "02_convolution"
MAKE = """import numpy as np
from course_lib.lessons.convolution.live import sliding_kernel
figure = sliding_kernel(np.eye(6), {"ones": np.ones((3, 3))})"""
WIDGET = """widget = figure.widget()
widget.observe(lambda change: print(change.new, file=open("column.txt", "w")), "column")
widget"""


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Copy the course and add two notebooks: one to run, one with a widget."""
    folder = tmp_path_factory.mktemp("course")
    shutil.copytree(NOTEBOOKS, folder / "notebooks")
    for name, last in (("run", "figure"), ("widget", WIDGET)):
        cells = [v4.new_code_cell(f"{MAKE}\n{last}"), v4.new_code_cell("1 + 1")]
        notebook = v4.new_notebook(cells=cells, metadata=NOTEBOOK_METADATA)
        nbformat.write(notebook, folder / "notebooks" / f"{name}.ipynb")
    return folder


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def lab(course, home):
    """Run one JupyterLab for this file."""
    options = ("--port=0", "--LabApp.expose_app_in_browser=True")
    with running_lab(course, home, *options) as started:
        yield started


def run(page, lab, name):
    open_page(page, lab.page("doc/tree", f"{name}.ipynb"))
    wait_for_kernel(page)
    menu(page, "Run", "Run All Cells")


def test_keys_move_the_figure_and_leave_the_cells_alone(page, lab):
    run(page, lab, "run")
    page.locator(STAGE).focus(timeout=60_000)
    before, cells = page.evaluate(COLUMN), page.locator(".jp-Cell").count()
    for key in (
        "ArrowRight",
        "a",
        "b",
        "d",
        "d",
        "x",
    ):  # JupyterLab adds and deletes cells by these
        page.keyboard.press(key)
    assert page.evaluate(COLUMN) == before + 1
    assert page.locator(".jp-Cell").count() == cells
    with page.expect_response(lambda answer: answer.request.method == "PUT"):
        page.keyboard.press("Control+s")  # saves from inside the figure, too
    page.keyboard.press("ArrowLeft")
    assert page.evaluate(COLUMN) == before
    assert page.faults == []


def test_a_saved_figure_is_a_still_until_it_is_trusted_and_live_then(page, lab, course, home):
    open_page(page, lab.page("doc/tree", f"{SAVED}.ipynb"))
    still = page.get_by_alt_text("pixels under the kernel left − right")
    still.scroll_into_view_if_needed(timeout=60_000)
    assert still.is_visible() and page.locator(STAGE).count() == 0
    saved = course / "notebooks" / f"{SAVED}.ipynb"
    environment = dict(os.environ, HOME=str(home), USERPROFILE=str(home))
    command = [sys.executable, "-m", "jupyter", "trust", str(saved)]
    subprocess.run(command, env=environment, check=True)
    open_page(page, lab.page("doc/tree", f"{SAVED}.ipynb"))
    page.locator(STAGE).scroll_into_view_if_needed(timeout=60_000)
    page.locator(STAGE).focus()
    before = page.evaluate(COLUMN)
    page.keyboard.press("ArrowRight")  # no cell has been run since
    assert page.evaluate(COLUMN) == before + 1
    assert page.faults == []


def test_python_reads_what_the_reader_did_with_a_widget(page, lab, course):
    run(page, lab, "widget")
    page.locator(".jp-OutputArea .stage").focus(timeout=60_000)
    page.keyboard.press("ArrowRight")
    written = course / "notebooks" / "column.txt"
    end = time.monotonic() + 30
    while not written.exists() and time.monotonic() < end:
        page.wait_for_timeout(200)
    assert written.read_text(encoding="utf-8") == "2\n"
    save(page)  # so that nothing asks about changes when the page closes
    assert page.faults == []
