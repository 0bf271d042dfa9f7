"""Find the Chromium or Chrome of this machine."""

import os
import shutil
import sys
from pathlib import Path

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "msedge",
)
PLACES = (
    "Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "Applications/Chromium.app/Contents/MacOS/Chromium",
    "Program Files/Google/Chrome/Application/chrome.exe",
    "Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
)


def find_chromium() -> str | None:
    """Return the path of a browser, or None; COURSE_CHROMIUM in the environment decides first."""
    chosen = os.environ.get("COURSE_CHROMIUM")
    if chosen:
        return chosen
    found = [path for path in map(shutil.which, NAMES) if path]
    root = Path(Path.cwd().anchor)
    found += [str(root / place) for place in PLACES if (root / place).exists()]
    return found[0] if found else None


if __name__ == "__main__":
    print(find_chromium() or sys.exit("No Chromium or Chrome found."))
