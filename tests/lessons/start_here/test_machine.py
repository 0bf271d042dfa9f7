"""machine.report: every version, and no path or name of the reader."""

import getpass
from importlib.metadata import version
from pathlib import Path

from course_lib.lessons.start_here import machine


def test_report_names_versions_and_nothing_private():
    text = machine.report()
    lines = dict(line.split(maxsplit=1) for line in text.splitlines())
    for package in machine.PACKAGES:
        assert lines[package] == version(package)
    assert "cores" in lines["CPU"] and lines["device"]
    assert str(Path.home()) not in text and getpass.getuser() not in text.split()
