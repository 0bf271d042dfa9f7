"""What each network registers about itself: one place, complete, and true of what is built."""

import inspect
import sys
from pathlib import Path

import pytest
import torch

from course_lib import models
from course_lib.models.registry import register

PACKAGE = Path(models.__file__).parent
NAMES = models.list_models()


def test_the_list_runs_from_the_oldest_to_the_newest():
    years = [models.facts(name).year for name in NAMES]
    assert years == sorted(years)
    assert (NAMES[0], NAMES[-1]) == ("lenet5", "efficientnet_lite0")


@pytest.mark.parametrize("name", NAMES)
def test_a_name_stands_for_the_exported_builder(name):
    facts = models.facts(name)
    assert facts.name == name
    assert getattr(models, name) is facts.builder
    assert name in models.__all__
    assert facts.options == tuple(inspect.signature(facts.builder).parameters)


@pytest.mark.parametrize("name", NAMES)
def test_every_network_says_how_it_differs_from_its_paper(name):
    facts = models.facts(name)
    assert len(facts.differs) > 40
    assert facts.differs in sys.modules[facts.builder.__module__].__doc__


@pytest.mark.parametrize("name", NAMES)
def test_the_main_output_is_alone_with_the_options_for_it(name):
    with torch.device("meta"):
        network = models.build(name, **models.facts(name).single_output).train()
        y = network(torch.empty(2, network.in_channels, *network.image_size))
    assert isinstance(y, torch.Tensor)


@pytest.mark.parametrize("name", [n for n in NAMES if models.facts(n).weights])
def test_networks_with_weights_are_prepared_for_the_size_they_were_measured_at(name):
    facts = models.facts(name)
    if facts.published:
        assert facts.preparation.crop == facts.published.image_size
        assert facts.published.top1 < facts.published.top5
    digits = facts.weights.file.removesuffix(".pth").rpartition("-")[2]
    assert int(digits, 16) > 0
    assert facts.weights.sha256.startswith(digits) or not facts.weights.sha256


def test_no_file_but_its_own_names_googlenet():
    """What is special about a network stands in its file, not in those that use networks."""
    own, lessons = PACKAGE / "googlenet.py", PACKAGE.parent / "lessons"
    others = [p for p in PACKAGE.parent.rglob("*.py") if p != own]
    naming = [p for p in others if "aux_logits" in p.read_text(encoding="utf-8")]
    assert {p.parent for p in naming} <= {lessons / "googlenet"}  # it teaches what is special
    importing = [p for p in others if "models.googlenet" in p.read_text(encoding="utf-8")]
    assert [p.name for p in importing if lessons not in p.parents] == ["__init__.py"]


def test_a_builder_is_known_by_registering_alone(monkeypatch):
    monkeypatch.setattr("course_lib.models.registry._FACTS", {})

    @register(year=2030, single_output={"heads": 0})
    def tiny(*, num_classes: int = 2, heads: int = 1) -> torch.nn.Linear:
        return torch.nn.Linear(3, num_classes * heads)

    assert models.list_models() == ("tiny",)
    assert models.build("tiny", num_classes=5).out_features == 5
    assert models.facts("tiny").published is None
    with pytest.raises(TypeError, match="width for 'tiny'; it needs options out of num_classes, h"):
        models.build("tiny", width=3)


def test_an_unknown_name_lists_the_choices():
    with pytest.raises(ValueError, match="name='resnet19'; it needs name as one of 'lenet5', "):
        models.facts("resnet19")
