"""A real browser for the tests."""

import pytest
from playwright.sync_api import sync_playwright

from tools.chromium import find_chromium

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]


@pytest.fixture(scope="session")
def browser():
    """Start Chromium once."""
    program = find_chromium()
    assert program, "these tests need Chromium or Chrome: install one, or leave out tests/browser"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser):
    """Open a page for one test."""
    page = new_page(browser)
    yield page
    page.close()


def new_page(browser):
    """Open an empty page as large as a slide; it remembers requests that leave the machine.

    Nothing slides into place in it: what is measured is where it will stay.
    """
    page = browser.new_page(viewport={"width": 1280, "height": 720}, reduced_motion="reduce")
    page.faults = []
    page.on("request", lambda request: page.faults.extend(leaving(request.url)))
    page.on("pageerror", lambda error: page.faults.append(f"script error: {error}"))
    return page


def leaving(url):
    local = ("file:", "data:", "blob:", "about:", "http://127.0.0.1", "http://localhost", "ws:")
    return [] if url.startswith(local) else [f"request to {url}"]
