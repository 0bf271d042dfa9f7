"""tables: counts are the published ones, and choices are the best that fit."""

import pytest

from course_lib.lessons.comparing_architectures import tables

RESNETS = [tables.row(name) for name in ("resnet18", "resnet34", "alexnet", "lenet5")]


def test_a_row_holds_what_is_counted_and_what_is_published():
    one = tables.row("resnet18")
    assert (one.title, one.family, one.year, one.side) == ("ResNet-18", "ResNet", 2015, 224)
    assert (one.parameters, one.multiply_adds, one.field) == (11_689_512, 1_814_073_344, 435)
    assert one.top1 == 69.758 and tables.row("lenet5").top1 is None


def test_titles_tell_forms_apart():
    names = ("vgg16_bn", "efficientnet_b7", "alexnet", "alexnet_original", "mobilenet_v2")
    titles = [tables.row(name).title for name in names]
    assert titles == ["VGG-16 bn", "EfficientNet-B7", "AlexNet", "AlexNet, 2012", "MobileNetV2"]


def test_a_table_has_a_line_a_network():
    lines = tables.as_table(RESNETS[2:]).splitlines()
    assert lines[1].split() == ["AlexNet", "2012", "224", "61,100,840", "714.2", "4.2", "195",
                                "56.5", "79.1"]  # fmt: skip
    assert lines[2].split()[-2:] == ["-", "-"]
    brief = tables.as_table(RESNETS[2:3], brief=True).splitlines()[1]
    assert brief.split() == ["AlexNet", "2012", "61,100,840", "714.2", "4.2", "195", "56.5"]


def test_other_forms_have_their_known_totals():
    lines = tables.variants().splitlines()[1:]
    assert len(lines) == len(tables.VARIANTS)
    assert all(
        f"{form.known:,}  " in line for form, line in zip(tables.VARIANTS, lines, strict=True)
    )


@pytest.mark.parametrize(
    ("costs", "accuracies", "kept"),
    [
        ([1, 2, 3], [1, 2, 3], [True, True, True]),
        ([1, 1, 2], [5, 4, 5], [True, False, False]),
        ([1, 1], [5, 5], [True, True]),
    ],
    ids=["each better", "beaten in one", "alike"],
)
def test_the_frontier_is_what_nothing_beats(costs, accuracies, kept):
    assert tables.on_frontier(costs, accuracies) == kept


def test_the_best_is_the_most_accurate_that_fits():
    assert tables.best(RESNETS).title == "ResNet-34"
    assert tables.best(RESNETS, megabytes=50).title == "ResNet-18"
    assert tables.best(RESNETS, megabytes=50, bytes_a_weight=2).title == "ResNet-34"
    assert tables.best(RESNETS, multiply_adds=1e9).title == "AlexNet"
    assert tables.best(RESNETS, allow=lambda one: one.field < 500).title == "ResNet-18"
    with pytest.raises(ValueError, match="needs room"):
        tables.best(RESNETS, megabytes=1)


def test_a_batch_takes_what_adam_leaves():
    assert tables.largest_batch(1, 2**24, 2**26) == 12
    assert tables.largest_batch(0.1, 2**26, 2**20) == 0
