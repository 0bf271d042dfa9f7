"""Every slide of the deck is taught, and the table that says where is up to date."""

import pytest

from tools.deck_map import DECK, TABLE, places, table

FINISHED_PARTS = ("I",)


def test_cells_name_only_items_of_the_deck():
    known = {item for items in DECK.values() for item in items}
    assert set(places()) - known == set()


@pytest.mark.parametrize("part", FINISHED_PARTS)
def test_no_item_of_a_finished_part_is_left_out(part):
    assert [item for item in DECK[part] if item not in places()] == []


def test_the_table_is_up_to_date():
    assert TABLE.read_text(encoding="utf-8") == table(), "run `python -m tools.deck_map`"


def test_an_item_that_nobody_teaches_shows(monkeypatch):
    monkeypatch.setattr("tools.deck_map.places", dict)
    assert "| eq 13 | to come |" in table()
