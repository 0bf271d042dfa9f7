"""What a learner meets in JupyterLab: the course opens, is saved, runs, and stops."""

import ctypes
import io
import os
import shutil
import signal
import sys
import time

import jupytext
import nbformat
import pytest
from browser.jupyter import (
    answers,
    menu,
    open_and_close,
    open_page,
    running_lab,
    save,
    wait_for_kernel,
)
from nbformat import v4
from PIL import Image

from course_lib.plots.display import picture_html
from tools.notebooks import NOTEBOOK_METADATA, NOTEBOOKS
from tools.published import fold_outputs, publish

pytestmark = pytest.mark.browser

NAMES = sorted(path.stem for path in NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))
IN_A_TEST = ("--port=0", "--LabApp.expose_app_in_browser=True")
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals or modes")

TRIAL = """\
# %% [markdown]
# # A trial. **Predict:** what is 6 times 7?

# %% tags=["answer"]
print("forty" + "-two")

# %% [markdown] tags=["answer"]
# It is the answer in words, since six sevens are that many.

# %% [markdown] slideshow={"slide_type": "notes"}
# Remark: let the hall guess.

# %% tags=["hide-input"]
# JupyterLab shows the first line of code that it folds.
print("shown" + " anyway")  # noqa: T201

# %% tags=["hide-input"]
# Here too.
draw()
"""


def trial_notebook():
    """Publish a small notebook with all that is folded away, and a picture."""
    notebook = publish(jupytext.reads(TRIAL, fmt="py:percent"))
    notebook.metadata = nbformat.from_dict(NOTEBOOK_METADATA)
    Image.new("RGB", (90, 60), "teal").save(png := io.BytesIO(), format="png")
    picture = picture_html(png.getvalue(), "Teal all over.", width=90)
    outputs = (
        v4.new_output("stream", text="forty-two\n"),
        v4.new_output("stream", text="shown anyway\n"),
        v4.new_output("display_data", {"text/html": picture}),
    )
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for number, (cell, output) in enumerate(zip(code, outputs, strict=True), start=1):
        cell.outputs, cell.execution_count = [output], number
        fold_outputs(cell)
    return notebook


def copy_course(folder):
    """Copy the notebooks and their workshop, the notebooks touched an hour later."""
    shutil.copytree(NOTEBOOKS, folder / "notebooks")
    nbformat.write(trial_notebook(), folder / "notebooks" / "98_trial.ipynb")
    later = time.time() + 3600
    for notebook in folder.glob("notebooks/*.ipynb"):
        os.utime(notebook, (later, later))
    return folder


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Make a course to open."""
    return copy_course(tmp_path_factory.mktemp("course"))


@pytest.fixture(scope="module")
def lab(course, tmp_path_factory):
    """Run one JupyterLab for this file."""
    with running_lab(course, tmp_path_factory.mktemp("home"), *IN_A_TEST) as started:
        yield started


@pytest.fixture(scope="module")
def first_page(browser, lab):
    """Open the address that is printed, once for the tests that change nothing."""
    page = browser.new_page()
    open_page(page, lab.address)
    yield page
    page.close()


def test_the_printed_address_opens_the_first_notebook(first_page):
    labels = first_page.locator(".lm-DockPanel .lm-TabBar-tabLabel").all_inner_texts()
    assert labels == ["00_start_here.ipynb"]
    assert first_page.get_by_text("Would you like to").count() == 0


def test_the_file_browser_shows_the_notebooks_and_not_the_workshop(first_page):
    items = first_page.locator(".jp-DirListing-itemText")
    items.first.wait_for()
    assert items.all_inner_texts() == [f"{name}.ipynb" for name in (*NAMES, "98_trial")]


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_newer_than_its_text_form_opens_as_saved(first_page, name):
    state = open_and_close(first_page, f"{name}.ipynb")
    assert (state["unsaved"], state["errors"]) == (False, [])


@pytest.mark.parametrize("name", ["98_trial", "05_receptive_fields"])
def test_pictures_have_their_words_without_trust(first_page, name):
    state = open_and_close(first_page, f"{name}.ipynb", draw=True)
    assert (state["trusted"], state["drawn"]) == (False, True)
    assert state["pictures"] >= 1
    assert (state["wordless"], state["unshown"]) == (0, 0)


def test_a_notebook_run_here_is_trusted_and_its_pictures_have_their_words(page, lab, course):
    open_page(page, lab.page("doc/tree", "00_start_here.ipynb"))
    wait_for_kernel(page)
    code = code_cells(run_all(page, course / "notebooks" / "00_start_here.ipynb"))
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    assert [o for cell in code for o in cell.outputs if o.output_type == "error"] == []
    pictures = page.locator(".jp-OutputArea img")
    assert pictures.count() >= 1
    assert all(picture.get_attribute("alt") for picture in pictures.all())
    assert page.faults == []


def test_saving_leaves_the_text_form_alone(page, lab, course):
    before = {path: path.stat().st_mtime_ns for path in course.rglob("*") if "src" in path.parts}
    open_page(page, lab.page("doc/tree", "98_trial.ipynb"))
    wait_for_kernel(page)
    save(page)
    after = {path: path.stat().st_mtime_ns for path in course.rglob("*") if "src" in path.parts}
    assert before == after
    assert list(course.rglob("98_trial*.py")) == []


def test_what_is_folded_shows_when_it_is_asked_for(page, lab):
    open_page(page, lab.page("doc/tree", "98_trial.ipynb"))
    wait_for_kernel(page)
    book = page.locator(".jp-Notebook")
    assert visible_texts(book, "forty-two", "the answer in words", "let the hall guess") == []
    assert visible_texts(book, 'print("shown"', "draw()") == []
    assert visible_texts(book, 'print("forty"', "shown anyway") == ['print("forty"', "shown anyway"]
    book.locator("strong", has_text="Predict:").click()
    page.keyboard.press("Shift+Enter")
    page.keyboard.press("Shift+Enter")
    book.get_by_text("forty-two").wait_for(timeout=20_000)
    book.get_by_text("Answer", exact=True).filter(visible=True).click()
    assert visible_texts(book, "the answer in words") == ["the answer in words"]


def visible_texts(book, *texts):
    return [text for text in texts if book.get_by_text(text).filter(visible=True).count()]


def run_all(page, path, *, seconds=600):
    """Run all cells, save until the last one is done, and return the saved notebook."""
    forget_outputs(path)
    page.reload()
    wait_for_kernel(page)
    menu(page, "Run", "Run All Cells")
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        page.wait_for_timeout(1000)
        save(page)
        notebook = nbformat.read(path, as_version=4)
        if code_cells(notebook)[-1].execution_count:
            return notebook
    raise AssertionError(f"{path.name} did not run to its end in {seconds} s")


def forget_outputs(path):
    """Empty a notebook, so that a run is seen to have run."""
    notebook = nbformat.read(path, as_version=4)
    for cell in code_cells(notebook):
        cell.outputs, cell.execution_count = [], None
    nbformat.write(notebook, path)


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


@POSIX
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["term", "ctrl-c"])
def test_stopping_the_course_stops_jupyterlab(page, course, tmp_path, number):
    with running_lab(course, tmp_path, *IN_A_TEST) as lab:
        open_page(page, lab.address)  # whose kernel is about to start
        os.kill(lab.process.pid, number)
        assert lab.process.wait(timeout=30) == 0
        assert not answers(lab.address)


@pytest.fixture
def read_only_course(tmp_path):
    """Make a course that cannot be written to."""
    shutil.copytree(NOTEBOOKS, tmp_path / "notebooks")
    (tmp_path / "notebooks").chmod(0o555)
    yield tmp_path
    (tmp_path / "notebooks").chmod(0o755)


def obey_modes():
    """Take from root, on Linux, the right to write where modes forbid it; else do nothing."""
    drop_bounding_capability, override_modes = 24, 1
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(drop_bounding_capability, override_modes, 0, 0, 0)


@POSIX
def test_in_a_read_only_course_work_is_saved_in_a_copy(page, read_only_course, tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    with running_lab(read_only_course, home, *IN_A_TEST, preexec_fn=obey_modes) as lab:
        open_page(page, lab.address)
        assert save(page).status == 200
        assert (home / "course-notebooks" / "00_start_here.ipynb").stat().st_size > 1000
        assert f"kept in {home / 'course-notebooks'}" in lab.log.read_text(encoding="utf-8")
