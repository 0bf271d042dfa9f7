"""`course summary`: the table, the totals, the published numbers beside."""

import re

import pytest
from torch import nn

from course_lib.analysis.report import summary
from course_lib.cli import main


def test_resnet18_shows_its_layers_and_both_totals():
    text = summary("resnet18")
    assert re.search(
        r"^conv1 +Conv2d +\(1, 64, 112, 112\) +9,408 +118,013,952 +3\.06 +7$", text, re.M
    )
    assert re.search(r"^fc +Linear +\(1, 1000\) +513,000 +512,000 +0\.00 +all$", text, re.M)
    assert re.search(r"^parameters +11,689,512 +11,689,512$", text, re.M)
    assert re.search(r"^multiply-adds \(10⁶\) +1,814\.073 +1,814$", text, re.M)
    assert re.search(r"^receptive field \(px\) +435 +435$", text, re.M)
    assert re.search(r"^top-1 accuracy \(%\) +- +69\.758$", text, re.M)


def test_networks_without_published_numbers_show_a_dash():
    assert re.search(r"^parameters +25,549,352 +-$", summary("preact_resnet50"), re.M)


def test_layers_of_our_own_and_those_that_are_called_twice_show_what_they_see():
    lines = summary("lenet5_original").splitlines()
    assert [line.split()[-1] for line in lines if "ScaledTanh" in line][:3] == ["5", "6", "14"]


def test_googlenet_is_counted_without_its_heads_as_published():
    assert re.search(r"^parameters +6,624,904 +6,624,904$", summary("googlenet"), re.M)


def test_the_command_takes_an_input_shape(capsys):
    assert main(["summary", "resnet18", "--input", "2,3,64,64"]) == 0
    assert "(2, 64, 32, 32)" in capsys.readouterr().out


def test_a_network_of_the_readers_own_is_listed_without_published_totals():
    own = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(144, 10))
    text = summary(own, (1, 1, 8, 8))
    assert re.search(r"^parameters +1,490 +-$", text, re.M)
    assert re.search(r"^receptive field \(px\) +3 +-$", text, re.M)
    assert text.splitlines()[-1].endswith("that of 1")


def test_a_network_that_sees_all_at_once_has_no_last_field():
    text = summary(nn.Sequential(nn.Flatten(), nn.Linear(16, 2)), (1, 1, 4, 4))
    assert re.search(r"^receptive field \(px\) +all +-$", text, re.M)


@pytest.mark.parametrize("name", ["network", "make"])
def test_the_command_takes_a_network_from_a_file(name, tmp_path, capsys):
    file = tmp_path / "mine.py"
    file.write_text(
        "from torch import nn\nnetwork = nn.Conv2d(1, 4, 3)\n"
        "def make(): return network\ntext = str\n"
    )
    assert main(["summary", f"{file}:{name}", "--input", "1,1,8,8"]) == 0
    assert "(1, 4, 6, 6)" in capsys.readouterr().out
    assert main(["summary", f"{file}:{name}"]) == 2
    assert "without the shape of its input" in capsys.readouterr().err
    assert main(["summary", f"{file}:text"]) == 2
    assert "a str from" in capsys.readouterr().err
    assert main(["summary", f"{file}:other"]) == 2
    assert "does not define" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["no_such_file.py:network"], "no_such_file.py"),
        (["resnet19"], "name='resnet19'"),
        (["resnet18", "--input", "1,3,large"], "input '1,3,large'; it needs whole numbers"),
        (["alexnet", "--input", "1,3,32,32"], "H and W of at least 63"),
        (["alexnet", "--input", "1,3,0,32"], "input_shape of at least 1"),
    ],
    ids=["file", "name", "text", "small", "zero"],
)
def test_the_command_says_in_one_line_what_is_wrong(arguments, text, capsys):
    assert main(["summary", *arguments]) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert text in output.err
