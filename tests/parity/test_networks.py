"""Whole networks beside PyTorch, each in a process of its own."""

import pytest

from course_lib import models
from course_lib.parity import networks
from course_lib.parity.networks import NetworkRow, run_networks, table_line


def test_a_network_runs_on_both_sides_in_a_process_of_its_own():
    (row,) = run_networks(["lenet5"])
    assert row.name == "lenet5" and tuple(row.image_size) == (32, 32)
    assert row.passed and 0 < row.error < 1e-6
    assert 0 < row.gigabytes < 4


@pytest.mark.parametrize(
    "name, size, own, expected",
    [
        pytest.param("mobilenet_v2", 32, 224, 32, id="small"),
        pytest.param("lenet5", 64, 32, 32, id="larger-than-its-own"),
        pytest.param("lenet5", 16, 32, 32, id="not-taken"),
    ],
)
def test_small_images_where_the_network_takes_them(name, size, own, expected):
    assert models.build(name).image_size == (own, own)
    (row,) = run_networks([name], size=size)
    assert tuple(row.image_size) == (expected, expected)
    assert row.passed


def test_a_size_of_nothing_is_refused():
    with pytest.raises(ValueError, match="size of at least 1"):
        next(run_networks(["lenet5"], size=0))


def test_all_networks_by_default(monkeypatch):
    asked = []
    monkeypatch.setattr(
        networks.subprocess, "run", lambda command, **_: asked.append(command[-1]) or Answer()
    )
    assert len(list(run_networks())) == len(asked) > 30
    assert asked[0] == "lenet5"


class Answer:
    stdout = '["resnet18", [224, 224], 0.0, 1.0, 1.0, 1.0]'


def row(error):
    return NetworkRow("resnet18", (224, 224), error, 1.0, 1.0, 2.0)


@pytest.mark.parametrize(("error", "passed"), [(9e-5, True), (2e-4, False), (float("nan"), False)])
def test_an_error_above_the_tolerance_fails(error, passed):
    assert row(error).passed == passed
    assert ("FAILED" in table_line(row(error))) != passed


def test_headings_stand_above_their_columns():
    assert len(table_line(None)) == len(table_line(row(0.0)))


def test_an_unknown_network_is_named():
    with pytest.raises(ValueError, match="resnet19"):
        next(run_networks(["resnet19"]))
