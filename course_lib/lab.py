"""JupyterLab on the course: started in this process, so that stopping the one stops the other."""

import os
import shutil
import signal
import sys
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from course_lib.course_folder import FIRST_NOTEBOOK, notebook_folder
from course_lib.errors import InvalidValue, MissingFile

SETTINGS = Path(__file__).parent / "lab_settings"
SECONDS_TO_END = 10
OWN_MACHINE = ("localhost", "127.", "::1")


def open_lab(options: Sequence[str] = ()) -> NoReturn:
    """Start JupyterLab on the first notebook; this process ends when JupyterLab is stopped.

    Parameters
    ----------
    options : sequence of str
        Handed on to JupyterLab, such as ``--no-browser``.

    Raises
    ------
    FileNotFoundError
        If there are no notebooks, or JupyterLab is not installed.
    ValueError
        If the options open JupyterLab to the network without a token or password.
    """
    refuse_open_door(options)
    os.chdir(writable(notebook_folder()))
    settings = [str(SETTINGS), *filter(None, [os.environ.get("JUPYTER_CONFIG_PATH")])]
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(settings)
    print(f"JupyterLab opens in your browser with {FIRST_NOTEBOOK}; stop it here with Ctrl+C.")
    sys.stdout.flush()
    as_root = ["--allow-root"] if getattr(os, "geteuid", lambda: 1)() == 0 else []  # in containers
    launch([f"--LabApp.default_url=lab/tree/{FIRST_NOTEBOOK}", *as_root, *options])


def launch(arguments: list[str]) -> NoReturn:
    """Run JupyterLab, which needs the extra `lab`, with these arguments, and end with it."""
    try:
        from jupyter_server.serverapp import ServerApp
        from jupyterlab.labapp import LabApp
    except ModuleNotFoundError:
        raise MissingFile(
            "course lab", received="an environment without JupyterLab",
            needed="the packages of the lab extra",
            fix='install them with pip install -e ".[lab]"') from None  # fmt: skip

    class Server(ServerApp):
        """A server that ends, with its kernels, when it is told to."""

        def init_signal(self) -> None:
            super().init_signal()
            signal.signal(signal.SIGINT, lambda *_: self.stop(from_signal=True))

        async def cleanup_extensions(self) -> None:  # the first step of ending
            last_resort = threading.Timer(SECONDS_TO_END, os._exit, args=[0])
            last_resort.daemon = True
            last_resort.start()
            await super().cleanup_extensions()

    class Lab(LabApp):
        """JupyterLab on that server."""

        serverapp_class = Server

    Lab.launch_instance(arguments)
    sys.stdout.flush()
    os._exit(0)  # not sys.exit, which waits for ever for threads that JupyterLab leaves behind


def refuse_open_door(options: Sequence[str]) -> None:
    """Refuse to let the network in without a token; warn when it is let in with one."""
    address = _value_of(options, "ip")
    if address is None or address.startswith(OWN_MACHINE):
        return
    token, password = _value_of(options, "token"), _value_of(options, "hashed_password")
    if token == "" and not password:
        raise InvalidValue(
            "course lab", received=f"--ip={address} without a token",
            needed="a token, since whoever reaches the address can run programs as you",
            fix="leave the option for the token away; JupyterLab then makes one")  # fmt: skip
    print(
        f"With --ip={address} JupyterLab can be reached from the network: whoever has its token "
        "can run programs as you.",
        file=sys.stderr,
    )


def _value_of(options: Sequence[str], name: str) -> str | None:
    """Find the value of an option such as --ip=…, --ip … or --ServerApp.ip=…; None if not given."""
    value = None
    for option, following in zip(options, [*options, ""][1:], strict=True):
        flag, equals, given = option.partition("=")
        if flag.startswith("--") and flag.lstrip("-").rpartition(".")[2] == name:
            value = given if equals else following
    return value


def writable(folder: Path) -> Path:
    """Return a folder of the notebooks in which a learner can save.

    That is the folder itself; or, where it is read-only, `course-notebooks` in the home folder, to
    which the notebooks are copied that are not there yet.
    """
    try:
        tempfile.TemporaryFile(dir=folder).close()
        return folder
    except OSError:
        own = Path.home() / "course-notebooks"
    own.mkdir(exist_ok=True)
    for notebook in sorted(folder.glob("[0-9][0-9]_*.ipynb")):
        if not (own / notebook.name).exists():
            shutil.copyfile(notebook, own / notebook.name)  # a copy that can be written
    print(f"{folder} is read-only, so your notebooks are kept in {own}.")
    return own
