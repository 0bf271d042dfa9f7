"""Open a deck and look for what does not fit on its slides, or is too much for a hall."""

from pathlib import Path

FAULTS = Path(__file__).with_name("slide_faults.js").read_text(encoding="utf-8")
STYLE = Path(__file__).with_name("slide_style.js").read_text(encoding="utf-8")
INDICES = "Reveal.getSlides().map(s => Reveal.getIndices(s)).map(i => [i.h, i.v ?? 0])"


def open_deck(page, deck):
    """Open a deck and wait until formulas, fonts and slides are in place."""
    page.goto(deck.as_uri())
    page.wait_for_selector("html[data-deck=ready]", timeout=30_000)
    page.add_style_tag(content=".reveal * { transition: none !important; }")  # steps show at once


def deck_faults(page, deck, *, style=False):
    """List the faults of every slide, and the requests that left the machine.

    What does not fit is a fault of every deck; with `style`, what a hall cannot follow is one too.
    """
    open_deck(page, deck)
    rules = [FAULTS, STYLE] if style else [FAULTS]
    found = []
    for number, (h, v) in enumerate(page.evaluate(INDICES), start=1):
        page.evaluate("([h, v]) => Reveal.slide(h, v, 1000)", [h, v])
        found += [f"slide {number}: {fault}" for rule in rules for fault in page.evaluate(rule)]
    return found + page.faults
