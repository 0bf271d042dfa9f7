"""Receptive fields against published values, and against what gradients reach."""

import functools
from collections.abc import Callable
from types import SimpleNamespace

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from course_lib import models
from course_lib.analysis.receptive_field import (
    ReceptiveFields,
    effective_receptive_field,
    field_spread,
    receptive_field,
)

PUBLISHED_FIELDS = [
    ("lenet5_original", {}, 32),
    ("alexnet", {}, 195),
    ("alexnet_original", {}, 195),
    ("vgg11", {}, 150),
    ("vgg13", {}, 156),
    ("vgg16", {}, 212),
    ("vgg19", {}, 268),
    ("googlenet", {"variant": "paper"}, 715),
    ("googlenet", {}, 379),
    ("resnet18", {}, 435),
    ("resnet34", {}, 899),
    ("resnet50", {"stride_on": "1x1"}, 483),
    ("resnet101", {"stride_on": "1x1"}, 1027),
    ("resnet152", {"stride_on": "1x1"}, 1507),
    ("resnet50", {}, 427),
    ("resnet101", {}, 971),
    ("resnet152", {}, 1451),
    ("mobilenet_v1", {}, 315),
    ("mobilenet_v2", {}, 491),
    ("efficientnet_b0", {}, 851),
    ("efficientnet_b1", {}, 1183),
    ("efficientnet_b2", {}, 1183),
    ("efficientnet_b3", {}, 1407),
    ("efficientnet_b4", {}, 1799),
    ("efficientnet_b5", {}, 2131),
    ("efficientnet_b6", {}, 2523),
    ("efficientnet_b7", {}, 3079),
]


@functools.cache
def fields_of(name: str, **options: object) -> ReceptiveFields:
    with torch.device("meta"):
        return receptive_field(models.build(name, **options))


@pytest.mark.parametrize(("name", "options", "size"), PUBLISHED_FIELDS, ids=str)
def test_sizes_are_the_published_ones(name, options, size):
    last = fields_of(name, **options).last
    assert last.size == size
    assert last.jump == (4 if name == "lenet5_original" else 32)


PUBLISHED = {name: models.facts(name).published for name in models.list_models()}


@pytest.mark.parametrize("name", [n for n, p in PUBLISHED.items() if p and p.receptive_field])
def test_the_published_facts_agree(name):
    assert fields_of(name).last.size == PUBLISHED[name].receptive_field


def test_vgg16_layer_by_layer():
    layers = fields_of("vgg16").layers
    windows = [row.size for row in layers if row.type in ("Conv2d", "MaxPool2d")]
    assert windows == [
        3, 5, 6, 10, 14, 16, 24, 32, 40, 44, 60, 76, 92, 100, 132, 164, 196, 212,
    ]  # fmt: skip
    assert [row.jump for row in layers if row.type == "MaxPool2d"] == [2, 4, 8, 16, 32]


class Branches(nn.Module):
    """A wide and a narrow branch joined, then weighed by a gate that sees everything."""

    def __init__(self) -> None:
        super().__init__()
        self.narrow = nn.Conv2d(1, 2, 1, stride=2)
        self.wide = nn.Conv2d(1, 2, 5, stride=2, padding=2)
        self.pool = nn.AdaptiveAvgPool2d(1)

    def forward(self, x: Tensor) -> Tensor:
        """Join and weigh."""
        y = self.narrow(x) + torch.relu(self.wide(x))
        return y * torch.sigmoid(self.pool(y))


class Functions(nn.Module):
    """Windows as functions and methods, as users write them."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Conv2d(1, 1, 3)

    def forward(self, x: Tensor) -> Tensor:
        """Pool, pad and pool again."""
        y = F.max_pool2d(F.relu(self.layer(x)), 2)
        y = F.pad(y, (2, 0, 1, 1))
        return F.avg_pool2d(y.relu(), (3, 2), stride=1, padding=(1, 0))


class Functional(nn.Module):
    """Everything as functions, with keywords."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(2, 1, 3, 5))
        self.slope = nn.Parameter(torch.zeros(2))

    def forward(self, x: Tensor) -> Tensor:
        """Convolve, bend and pool."""
        y = F.prelu(F.conv2d(input=x, weight=self.weight, stride=(2, 1)), self.slope)
        return F.max_pool3d(y[None], kernel_size=(1, 2, 3), stride=(1, 1, 2))[0]


class Turned(nn.Module):
    """Channels last on the way, and a slice that skips pixels."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(1, 3)
        self.window = nn.Conv2d(3, 2, 3)

    def forward(self, x: Tensor) -> Tensor:
        """Turn, mix and turn back."""
        y = self.layer(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)
        return self.window(y[:, :, 1::2, ::3])


class Corner(nn.Module):
    """The mean of a part of the image: many units are read, and yet not all."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Conv2d(1, 1, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        """Cut the first three rows and columns off, and take the mean of the rest."""
        return self.layer(x)[:, :, 3:, 3:].mean((2, 3))


CASES = {
    "functions": Functions(),
    "one window": nn.Conv2d(1, 2, 3, padding=1),
    "stride and dilation": nn.Sequential(
        nn.Conv2d(1, 2, 3, stride=2, padding=1), nn.Conv2d(2, 2, 3, dilation=2), nn.AvgPool2d(2)
    ),
    "oblong": nn.Sequential(nn.Conv2d(1, 2, (5, 3), stride=(1, 2)), nn.AvgPool2d((2, 3), 1)),
    "padding on one side": nn.Sequential(nn.ZeroPad2d((0, 1, 1, 2)), nn.Conv2d(1, 1, 3, stride=2)),
    "same": nn.Sequential(nn.Conv2d(1, 1, 3, padding="same"), nn.Conv2d(1, 1, 5, padding="valid")),
    "branches": Branches(),
    "functional": Functional(),
    "squeeze into channels": nn.Sequential(nn.PixelUnshuffle(2), nn.Conv2d(4, 3, 3, padding=1)),
    "turned": Turned(),
    "mixed channels": nn.Sequential(
        nn.Conv2d(1, 4, 3), nn.ChannelShuffle(2), nn.Conv2d(4, 4, (3, 1), groups=2)
    ),
}


@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize("name", CASES)
def test_fields_are_what_gradients_reach(name, axis):
    """A third reference: the first unit in the middle moves with exactly these input pixels."""
    torch.manual_seed(1)
    network = CASES[name].eval()
    for weight in network.parameters():
        nn.init.uniform_(weight)  # positive, so that no ReLU is shut
    row = receptive_field(network, axis=axis, input_shape=(1, 1, 42, 44)).last
    # Many images: a max pooling sends the gradient of each to one pixel of a window only.
    x = torch.rand(64, 1, 42, 44, requires_grad=True)
    y = network.wide(x) + network.narrow(x) if isinstance(network, Branches) else network(x)
    index = 5
    (gradient,) = torch.autograd.grad(y[:, :, index, index].sum(), x)
    moved = gradient.abs().sum(dim=(0, 1, 3 - axis)).nonzero().flatten().tolist()
    first = index * row.jump - row.padding
    assert (moved[0], moved[-1]) == (first, first + row.size - 1)
    assert row.start == (row.size - 1) / 2 - row.padding


GROWING = {
    "transposed": nn.Sequential(
        nn.Conv2d(1, 2, 3, stride=2), nn.ConvTranspose2d(2, 2, 4, stride=2)
    ),
    "upsampled": nn.Sequential(nn.Conv2d(1, 2, 3, stride=2), nn.Upsample(scale_factor=2)),
    "smooth": nn.Sequential(nn.AvgPool2d(2), nn.UpsamplingBilinear2d(scale_factor=2)),
    "shuffled": nn.Sequential(nn.Conv2d(1, 4, 3, stride=2), nn.PixelShuffle(2), nn.Conv2d(1, 1, 3)),
}


@pytest.mark.parametrize("name", GROWING)
def test_behind_layers_that_enlarge_the_largest_field_is_what_gradients_reach(name):
    network = GROWING[name].double().eval()
    for weight in network.parameters():
        nn.init.uniform_(weight)
    row = receptive_field(network, input_shape=(1, 1, 40, 44)).last
    x = torch.rand(1, 1, 40, 44, dtype=torch.float64, requires_grad=True)
    y = network(x)
    sizes = []
    for index in range(8, y.shape[2] - 8):
        (gradient,) = torch.autograd.grad(y[:, :, index, 20].sum(), x, retain_graph=True)
        moved = gradient.abs().sum(dim=(0, 1, 3)).nonzero().flatten()
        sizes.append(int(moved[-1] - moved[0]) + 1)
    assert row.size == max(sizes)
    assert row.jump == 1


class Doing(nn.Module):
    """A convolution, and a function behind it."""

    def __init__(self, function: Callable[[Tensor], Tensor], *, stride: int = 1) -> None:
        super().__init__()
        self.layer, self.function = nn.Conv2d(1, 2, 3, stride=stride), function

    def forward(self, x: Tensor) -> Tensor:
        """Do it."""
        return self.function(self.layer(x))


def beside(x: Tensor) -> Tensor:
    """Join maps with others that were shrunk and enlarged to an odd size again."""
    small = F.avg_pool2d(x, 3, stride=2)
    return torch.cat([x, F.interpolate(small, size=x.shape[2:], mode="nearest")], dim=1)


SUPPORT = {
    "gaps behind a kernel shorter than its stride": Doing(nn.ConvTranspose2d(2, 1, 1, stride=3)),
    "gaps filled": Doing(
        nn.Sequential(nn.ConvTranspose2d(2, 2, 2, stride=4), nn.Conv2d(2, 1, (5, 1)))),
    "nearest, then a window": Doing(
        nn.Sequential(nn.Upsample(scale_factor=1.5), nn.Conv2d(2, 1, 3))),
    "adaptive, then a window": Doing(
        nn.Sequential(nn.AdaptiveAvgPool2d((9, 8)), nn.Conv2d(2, 1, 3, padding=1))),
    "odd sizes joined": Doing(beside),
    "flipped halves": Doing(lambda x: F.avg_pool2d(torch.cat([x, x.flip(2)], 2), 3, 1)),
    "sum so far": Doing(lambda x: x[:, :, :12].cumsum(2)),
    "batch norm with running statistics": Doing(nn.BatchNorm2d(2)),
    "layer norm over channels": Doing(
        lambda x: F.layer_norm(x.permute(0, 2, 3, 1), (2,)).permute(0, 3, 1, 2)),
    "layer norm over rows": Doing(lambda x: F.layer_norm(x, x.shape[3:])),
    "reflected": Doing(nn.Sequential(nn.ReflectionPad2d(2), nn.Conv2d(2, 1, 5))),
}  # fmt: skip


@pytest.mark.parametrize("name", SUPPORT)
def test_the_largest_field_is_what_moves_a_unit(name):
    """A fourth reference: each row of the image is changed, and units are asked who noticed."""
    torch.manual_seed(3)
    network = SUPPORT[name].double().eval()
    for weight in network.parameters():
        nn.init.uniform_(weight, 0.25, 0.75)
    x = 0.5 + torch.rand(1, 1, 36, 20, dtype=torch.float64)
    with torch.no_grad():
        before = network(x)
        noticed = torch.stack([
            (network(x + F.one_hot(torch.tensor(row), 36)[:, None] * torch.rand(20)) - before)
            .abs().amax(dim=(0, 1, 3)) > 1e-9
            for row in range(36)
        ])  # (rows, units) # fmt: skip
    extents = [unit.nonzero() for unit in noticed.T if unit.any()]
    largest = max(int(unit[-1] - unit[0]) + 1 for unit in extents)
    assert receptive_field(network, input_shape=(1, 1, 36, 20)).last.size == largest


PLANES = {
    "group": nn.GroupNorm(1, 2),
    "instance": nn.InstanceNorm2d(2),
    "layer": nn.LayerNorm((34, 18)),
    "root mean square": nn.RMSNorm((34, 18)),
    "batch without running statistics": nn.BatchNorm2d(2, track_running_stats=False),
}


@pytest.mark.parametrize("name", PLANES)
def test_norms_over_the_plane_see_the_whole_image(name):
    network = nn.Sequential(nn.Conv2d(1, 2, 3), PLANES[name])
    assert [row.size for row in receptive_field(network, input_shape=(1, 1, 36, 20)).layers] == [
        3, None,
    ]  # fmt: skip


def test_a_network_that_sees_everything_has_no_last_layer():
    with pytest.raises(ValueError, match="in which no layer sees a part of the image"):
        _ = receptive_field(nn.AdaptiveAvgPool2d(1)).last


def test_objects_that_come_out_are_looked_into():
    network = Doing(lambda x: SimpleNamespace(maps=F.avg_pool2d(x, 2)))
    assert receptive_field(network, input_shape=(1, 1, 36, 20)).last.size == 4


def test_branches_of_different_jumps_are_refused_side_by_side():
    network = Doing(lambda x: torch.cat([x[:, :, ::2], x[:, :, :17]], dim=1))
    with pytest.raises(ValueError, match=r"branches with jumps \[1, 2\]"):
        receptive_field(network, input_shape=(1, 1, 36, 20))


def test_views_of_any_stride_are_refused_by_name():
    network = Doing(lambda x: x.as_strided((1, 2, 9, 9), (612, 306, 18, 1)))
    with pytest.raises(ValueError, match=r"receptive_field received the operation as_strided"):
        receptive_field(network, input_shape=(1, 1, 36, 20))


def test_attention_sees_the_whole_image():
    class Attending(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.patches = nn.Conv2d(1, 8, 4, stride=4)
            self.layer = nn.MultiheadAttention(8, 2, batch_first=True)

        def forward(self, x: Tensor) -> Tensor:
            y = self.patches(x).flatten(2).mT
            return self.layer(y, y, y, need_weights=False)[0]

    rows = receptive_field(Attending(), input_shape=(1, 1, 16, 20)).layers
    assert (rows[0].name, rows[0].size) == ("patches", 4)
    assert rows[-1].size is None


def test_misaligned_branches_give_the_field_that_holds_both():
    class Shifted(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.left = nn.Sequential(nn.ZeroPad2d((4, 0, 4, 0)), nn.Conv2d(1, 1, 3))
            self.right = nn.Sequential(nn.ZeroPad2d((0, 4, 0, 4)), nn.Conv2d(1, 1, 3))

        def forward(self, x: Tensor) -> Tensor:
            return torch.cat([self.left(x), self.right(x)], dim=1)

    last = receptive_field(Shifted()).last
    assert (last.size, last.padding) == (7, 4)


def test_after_global_pooling_everything_is_seen():
    rows = fields_of("resnet18").layers
    assert [(row.name, row.size) for row in rows[-3:]] == [
        ("avgpool", None), ("flatten", None), ("fc", None),
    ]  # fmt: skip
    assert "whole" in str(receptive_field(nn.AdaptiveAvgPool2d(1)))


def test_the_mean_of_a_part_does_not_see_the_whole_image():
    row = receptive_field(Corner(), input_shape=(1, 1, 20, 20)).last
    assert row.size == 19  # from pixel 2 to the padding behind the last one


def test_the_first_layer_tells_what_is_taken():
    network = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Flatten(2), nn.MaxPool1d(1))
    assert receptive_field(network).layers[0].size == 3


def test_branches_of_different_jumps_are_refused():
    class Uneven(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.halving, self.keeping = nn.Conv2d(1, 1, 1, stride=2), nn.Conv2d(1, 1, 1)

        def forward(self, x: Tensor) -> Tensor:
            y = self.halving(x)
            return y + self.keeping(x)[:, :, : y.shape[2], : y.shape[3]]

    with pytest.raises(ValueError, match=r"branches with jumps \[1, 2\]"):
        receptive_field(Uneven())


def test_what_cannot_be_followed_is_named():
    with pytest.raises(ValueError, match=r"the operation im2col \(0 \(Unfold\)"):
        receptive_field(nn.Sequential(nn.Unfold(3), nn.Flatten()))


def test_what_decides_by_values_is_named():
    class Deciding(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return x if x.sum() > 0 else -x

    with pytest.raises(ValueError, match="a Deciding that decides by the values"):
        receptive_field(Deciding())


def test_an_axis_beyond_the_image_is_refused():
    with pytest.raises(ValueError, match=r"axis=2 for inputs \(1, 3, 224, 224\)"):
        receptive_field(nn.Conv2d(3, 4, 3), axis=2)


def test_a_negative_axis_is_refused():
    with pytest.raises(ValueError, match="axis of at least 0"):
        receptive_field(nn.ReLU(), axis=-1)


def test_the_network_keeps_its_mode():
    network = models.build("lenet5")
    receptive_field(network)
    assert all(layer.training for layer in network.modules())


@pytest.mark.parametrize("depth", [2, 5, 10])
def test_the_effective_field_grows_with_the_root_of_the_depth(depth):
    """For random weights the expected square of the gradient spreads like sqrt(2 n / 3)."""
    torch.manual_seed(2)
    layers = [nn.Conv2d(32, 32, 3, padding=1, bias=False) for _ in range(depth)]
    field = effective_receptive_field(
        nn.Sequential(*layers), (2, 32, 41, 43), generator=torch.Generator().manual_seed(3)
    )
    assert field.sum().item() == pytest.approx(1.0, abs=1e-5)
    assert field_spread(field) == pytest.approx([(2 * depth / 3) ** 0.5] * 2, rel=0.1)


def test_the_effective_field_lies_within_the_theoretical_one():
    torch.manual_seed(4)
    network = nn.Sequential(nn.Conv2d(1, 4, 5, padding=2), nn.ReLU(), nn.Conv2d(4, 4, 3, padding=1))
    field = effective_receptive_field(
        network, (1, 1, 21, 23), generator=torch.Generator().manual_seed(5)
    )
    size = receptive_field(network).last.size
    rows, columns = field.nonzero().T
    assert rows.max() - rows.min() + 1 <= size
    assert columns.max() - columns.min() + 1 <= size
    assert (rows.float().mean().round(), columns.float().mean().round()) == (10, 11)


@pytest.mark.parametrize(
    ("network", "text"),
    [
        (nn.Flatten(), r"output \(1, 36\); it needs a module that gives maps"),
        (nn.Threshold(100.0, 0.0), "gradient 0 everywhere"),
    ],
    ids=["no map", "dead"],
)
def test_effective_field_of_nothing_is_refused(network, text):
    with pytest.raises(ValueError, match=text):
        effective_receptive_field(network, (1, 1, 6, 6), generator=torch.Generator())
