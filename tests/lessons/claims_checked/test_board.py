"""board: claims are complete, what they refer to exists, and the tables hold them all."""

import ast
import re
from functools import cache
from html import unescape
from pathlib import Path

import pytest

from course_lib import contents
from course_lib.lessons.claims_checked import board
from course_lib.lessons.claims_checked.record import OPEN, VERDICTS, Measured
from tools.deck_map import DECK

ROOT = Path(__file__).parents[3]
ITEMS = {item for items in DECK.values() for item in items}

each_claim = pytest.mark.parametrize("claim", board.CLAIMS, ids=lambda one: one.name)


@cache
def headings(notebook):
    """Read the headings of a notebook's text form."""
    [source] = (ROOT / "notebooks" / "src").glob(f"{notebook}_*.py")
    return set(re.findall(r"^# #+ (.+)$", source.read_text("utf-8"), re.MULTILINE))


@cache
def functions(path):
    """List the test functions of a file."""
    return {n.name for n in ast.parse(path.read_text("utf-8")).body if hasattr(n, "name")}


@each_claim
def test_notebook_heading_and_test_exist(claim):
    assert claim.held.notebook in contents.NUMBERS
    assert claim.held.heading in headings(claim.held.notebook)
    file, _, name = claim.held.test.partition("::")
    assert name in functions(ROOT / "tests" / file)


@each_claim
def test_a_claim_without_a_number_rests_on_a_training_of_its_notebook(claim):
    if claim.measure is None:
        file = claim.held.test.partition("::")[0]
        slug = contents.NUMBERS[claim.held.notebook]
        known = {slug, "pooling"} if slug == "equivariance_and_invariance" else {slug}
        assert file.startswith(tuple(f"lessons/{one}/" for one in known))


@each_claim
def test_a_claim_is_complete(claim):
    assert claim.verdict in VERDICTS
    assert all(text.strip() for text in (claim.name, claim.says, claim.correct, claim.source))
    assert "deck" not in f"{claim.says} {claim.correct}".lower()


def test_names_and_sentences_differ():
    assert len({one.name for one in board.CLAIMS}) == len(board.CLAIMS)
    assert len({one.says for one in board.CLAIMS}) == len(board.CLAIMS)


def test_every_item_of_the_map_is_covered_and_no_other_is_named():
    named = {item for one in board.CLAIMS for item in one.items}
    assert named == ITEMS


def test_verdicts_are_counted_and_picked():
    assert sum(board.counts().values()) == len(board.CLAIMS)
    assert min(board.counts().values()) > 5
    assert len(board.with_verdict(OPEN)) == board.counts()[OPEN]


def test_a_table_has_a_row_a_claim_and_no_stray_bar():
    table = board.as_markdown(board.CLAIMS, {"BCE": Measured("7", agrees=True)}).splitlines()
    assert len(table) == 2 + len(board.CLAIMS)
    assert all(len(re.findall(r"(?<!\\)\|", line)) == 7 for line in table)
    [row] = [line for line in table if "log(1 − ŷᵢ)" in line]
    assert "| 7 |" in row and "e^−\\|z\\|" in row


def test_without_a_number_the_notebook_that_trains_is_named():
    [line] = board.as_markdown([board.claim("deeper")], {}).splitlines()[2:]
    assert "trained in notebook 21" in line
    assert "<code>test_verdicts_hold_on_other_seeds</code>" in unescape(line.replace("<wbr>", ""))
