"""A learner opens the course in JupyterLab, runs a notebook and moves a slider."""

import os
import socket
import subprocess
import sys
import time
import urllib.request

import nbformat
import pytest

from tools.notebooks import NOTEBOOKS

pytestmark = pytest.mark.browser

NAMES = ("00_start_here", "02_convolution", "16_training_a_cnn")
TOKEN = "a-test"
IDLE = "Python 3 (ipykernel) | Idle"  # in the status bar, once the kernel is connected


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Copy the notebooks without their outputs, so that a run is seen to have run."""
    folder = tmp_path_factory.mktemp("course")
    (folder / "notebooks").mkdir()
    for source in NOTEBOOKS.glob("*.ipynb"):
        notebook = nbformat.read(source, as_version=4)
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
        nbformat.write(notebook, folder / "notebooks" / source.name)
    return folder


@pytest.fixture(scope="module")
def lab(course, tmp_path_factory):
    """Start JupyterLab by `course lab`, with an empty home, and give its address."""
    home = tmp_path_factory.mktemp("home")
    port = free_port()
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    options = [
        "--no-browser",
        f"--port={port}",
        f"--IdentityProvider.token={TOKEN}",
        "--allow-root",
    ]
    with open(home / "log", "w", encoding="utf-8") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "course_lib", "lab", *options],
            cwd=course,
            env={**kept, "HOME": str(home), "USERPROFILE": str(home), "OMP_NUM_THREADS": "1"},
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    address = f"http://127.0.0.1:{port}"
    wait_for(address, server, home / "log")
    yield address
    shut_down(address, server)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(address, server, log, *, seconds=90):
    end = time.monotonic() + seconds
    while time.monotonic() < end and server.poll() is None:
        try:
            urllib.request.urlopen(f"{address}/login", timeout=5).close()
            return
        except OSError:
            time.sleep(0.3)
    raise AssertionError(f"JupyterLab did not start:\n{log.read_text(encoding='utf-8')[-3000:]}")


def shut_down(address, server):
    permit = {"Authorization": f"token {TOKEN}"}
    request = urllib.request.Request(f"{address}/api/shutdown", method="POST", headers=permit)
    urllib.request.urlopen(request, timeout=30).close()
    server.wait(timeout=60)


def open_notebook(page, address, path):
    page.set_viewport_size({"width": 1400, "height": 900})
    page.goto(f"{address}/{path}?reset&token={TOKEN}")
    page.wait_for_selector(".jp-NotebookPanel .jp-Cell", timeout=90_000)
    page.get_by_text(IDLE).wait_for(timeout=90_000)


def menu(page, name, entry):
    page.locator(".lm-MenuBar-itemLabel", has_text=name).first.click()
    page.locator(".lm-Menu-itemLabel").get_by_text(entry, exact=True).first.click()


def run_all(page, path, *, seconds=600):
    """Run all cells, save until the last one is done, and return the saved notebook."""
    menu(page, "Run", "Run All Cells")
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        page.wait_for_timeout(1000)
        with page.expect_response(lambda response: response.request.method == "PUT"):
            page.keyboard.press("Control+s")
        notebook = nbformat.read(path, as_version=4)
        if code_cells(notebook)[-1].execution_count:
            return notebook
    raise AssertionError(f"{path.name} did not run to its end in {seconds} s")


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_make_lab_opens_the_first_notebook(page, lab):
    open_notebook(page, lab, "lab/tree/00_start_here.ipynb")
    assert page.locator(".lm-TabBar-tabLabel", has_text="00_start_here.ipynb").is_visible()
    page.locator(".jp-Notebook h1").first.wait_for(state="visible", timeout=30_000)
    assert page.get_by_text("Would you like to").count() == 0
    assert page.faults == []


@pytest.mark.parametrize("name", NAMES)
def test_run_all_reaches_the_bottom_without_error(page, lab, course, name):
    open_notebook(page, lab, f"doc/tree/{name}.ipynb")
    code = code_cells(run_all(page, course / "notebooks" / f"{name}.ipynb"))
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    outputs = [output for cell in code for output in cell.outputs]
    assert [output for output in outputs if output.output_type == "error"] == []
    assert page.faults == []


def test_slider_of_02_moves_its_picture(page, lab, course):
    open_notebook(page, lab, "doc/tree/02_convolution.ipynb")
    run_all(page, course / "notebooks" / "02_convolution.ipynb")
    handle = page.locator(".widget-hslider .noUi-handle").first
    handle.scroll_into_view_if_needed()
    pictures = page.locator(".jp-OutputArea-output:has(.widget-hslider) img")
    before = pictures.first.get_attribute("src")
    handle.focus()
    page.keyboard.press("ArrowRight")
    end = time.monotonic() + 60
    while pictures.first.get_attribute("src") == before and time.monotonic() < end:
        page.wait_for_timeout(200)
    assert pictures.first.get_attribute("src") != before
