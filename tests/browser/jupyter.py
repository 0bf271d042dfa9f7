"""Start `course lab` as a learner does, and find one's way in JupyterLab."""

import os
import re
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+/\S+")
IDLE = "Python 3 (ipykernel) | Idle"  # in the status bar, once the kernel is connected
SESSIONS = re.compile("api/sessions")
ROOT = Path(__file__).parents[2]


class Lab:
    """A running `course lab`: its process, its log, and the address it prints."""

    def __init__(self, process, log):
        self.process, self.log = process, log

    @property
    def address(self):
        """What a learner would copy: `…/lab/tree/…?token=…`."""
        return ADDRESS.search(self.log.read_text(encoding="utf-8"))[0]

    def page(self, kind, path):
        """Give the address of another page, `doc/tree` or `lab/tree`, with the token."""
        host, _, rest = self.address.partition("/lab/")
        return f"{host}/{kind}/{path}?reset&{rest.partition('?')[2]}"


@contextmanager
def running_lab(course, home, *options, **process_options):
    """Start `course lab` in a folder with an empty home; end it, if it still runs."""
    log = home / "log"
    process = start(course, home, log, options, process_options)
    try:
        wait_until(lambda: ADDRESS.search(log.read_text(encoding="utf-8")), process, log)
        yield Lab(process, log)
    finally:
        process.terminate()
        process.wait(timeout=60)


def start(course, home, log, options, process_options):
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    own = {"HOME": str(home), "USERPROFILE": str(home), "OMP_NUM_THREADS": "1"}
    with open(log, "w", encoding="utf-8") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "course_lib", "lab", "--no-browser", *options],
            cwd=course,
            env={**kept, **own, "PYTHONPATH": str(ROOT)},
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            **process_options,
        )


def wait_until(happened, process, log, *, seconds=90):
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None:
        if happened():
            return
        time.sleep(0.2)
    raise AssertionError(f"JupyterLab did not start:\n{log.read_text(encoding='utf-8')[-3000:]}")


def answers(address):
    """Tell whether a server still listens at an address."""
    host, port = re.match(r"http://([\d.]+):(\d+)", address).groups()
    with socket.socket() as probe:
        return probe.connect_ex((host, int(port))) == 0


def open_page(page, address):
    """Open a page of JupyterLab that shows a notebook, and wait for its cells."""
    page.set_viewport_size({"width": 1400, "height": 900})
    page.goto(address)
    page.wait_for_selector(".jp-NotebookPanel .jp-Cell", timeout=90_000)


def wait_for_kernel(page):
    page.get_by_text(IDLE).wait_for(timeout=90_000)


def menu(page, name, entry):
    page.locator(".lm-MenuBar-itemLabel", has_text=name).first.click()
    page.locator(".lm-Menu-itemLabel").get_by_text(entry, exact=True).first.click()


SAVE = """async () => {
  await window.jupyterapp.shell.currentWidget.context.ready;
  void window.jupyterapp.commands.execute("docmanager:save");
}"""


def save(page):
    """Save the notebook in view and return the answer of the server."""
    with page.expect_response(
        lambda answer: answer.request.method == "PUT" and "api/contents" in answer.url
    ) as saved:
        page.evaluate(SAVE)
    return saved.value


OPEN = """async ([path, draw]) => {
  for (const old of [...window.jupyterapp.shell.widgets("main")]) {
    if (old.context?.path !== path) continue;  // opened before
    await old.context.sessionContext.shutdown();
    old.dispose();
  }
  const panel = await window.jupyterapp.commands.execute("docmanager:open", { path });
  await panel.context.ready;
  await panel.revealed;
  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  await pause(300);  // in which pairing would mark it as changed
  const book = panel.content;
  const drawn = () => book.widgets.every((cell) => cell.inViewport && !cell.isPlaceholder());
  for (let tries = 0; draw && !drawn() && tries < 200; tries++) await pause(100);
  const all = (what) => [...book.node.querySelectorAll(what)];
  const code = book.widgets.filter((cell) => cell.model.type === "code");
  const state = {
    drawn: drawn(),
    unsaved: panel.context.model.dirty,
    trusted: code.every((cell) => cell.model.trusted),
    pictures: all(".jp-OutputArea img").length,
    wordless: all("img").filter((img) => !img.alt.trim()).length,
    unshown: all("img").filter((img) => !img.naturalWidth).length,
    errors: [...document.querySelectorAll(".jp-Dialog")].map((dialog) => dialog.innerText),
  };
  return state;
}"""

CLOSE = """async (path) => {
  for (const panel of [...window.jupyterapp.shell.widgets("main")]) {
    if (panel.context?.path !== path) continue;
    await panel.context.sessionContext.shutdown();
    panel.dispose();
  }
}"""


def open_and_close(page, path, *, draw=False):
    """Open a notebook in a page of JupyterLab, say what a learner meets in it, and close it.

    JupyterLab draws the cells that are in view; with `draw`, all of them, as if the screen were
    tall enough. The kernel has to wait
    until all is looked at: once it is ready, it marks the notebook as changed.
    """
    asked, screen = [], page.viewport_size
    if draw:
        page.set_viewport_size({**screen, "height": 40_000})
    page.route(SESSIONS, lambda route: asked.append(route))
    state = page.evaluate(OPEN, [path, draw])
    for route in asked:
        route.continue_()
    page.unroute(SESSIONS)
    page.evaluate(CLOSE, path)
    page.set_viewport_size(screen)
    return state
