"""Every direct requirement has a lower bound, and the tested set stands above each."""

import re
import tomllib

import pytest

from tools import lowest

PROJECT = tomllib.loads((lowest.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
TESTED = dict(
    re.findall(r"^([\w.-]+)==([\d.]+)", (lowest.ROOT / "constraints.txt").read_text("utf-8"), re.M)
)


def numbers(version):
    return tuple(map(int, version.strip(".").split(".")))


@pytest.mark.parametrize("pin", lowest.lowest(PROJECT))
def test_the_tested_version_is_not_below_the_bound(pin):
    name, _, bound = pin.partition("==")
    assert numbers(TESTED[name]) >= numbers(bound)


def test_a_requirement_without_a_bound_is_named():
    with pytest.raises(ValueError, match="numpy has no lower bound"):
        lowest.pinned("numpy")


def test_the_list_can_be_looked_at(capsys):
    assert lowest.main(["--list"]) == 0
    assert "matplotlib==3.10.7" in capsys.readouterr().out.split()
