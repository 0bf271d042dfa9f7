"""networks: kernels reach as far as their names say, and pairs have the weights they promise."""

import pytest
import torch
from torch import nn

from course_lib.lessons.volumes_3d import networks


def kernels_of(network):
    return [m.kernel_size for m in network.modules() if isinstance(m, nn.Conv2d | nn.Conv3d)]


@pytest.mark.parametrize("kind, kernels", [
    ("per frame", [(1, 3, 3)] * 2), ("3-D", [(3, 3, 3)] * 2),
    ("(2+1)-D", [(1, 3, 3), (3, 1, 1)] * 2), ("frames as channels", [(3, 3)] * 2),
])  # fmt: skip
def test_clip_networks_have_their_kernels(kind, kernels):
    assert kernels_of(networks.clip_network(kind, num_classes=5)) == kernels


@pytest.mark.parametrize("kind", networks.CLIP_KINDS)
def test_only_some_networks_see_the_order_of_frames(kind):
    torch.manual_seed(0)
    network = networks.clip_network(kind, num_classes=5, frames=4).eval()
    clips = torch.rand(3, 1, 4, 8, 10)
    with torch.no_grad():
        same = torch.allclose(network(clips), network(clips.flip(2)), atol=1e-6)
    assert same == (kind == "per frame")


@pytest.mark.parametrize("kind, reach", [
    ("per slice", 0), ("7 slices as channels", 3), ("3-D", 3),
])  # fmt: skip
def test_segmenters_look_as_many_slices_up_and_down(kind, reach):
    torch.manual_seed(0)
    network = networks.segmenter(kind).eval()
    volume = torch.rand(1, 1, 9, 6, 7, requires_grad=True)
    network(volume)[0, 0, 4].sum().backward()
    seen = volume.grad[0, 0].abs().amax(dim=(1, 2)) > 0
    assert seen.tolist() == [abs(number - 4) <= reach for number in range(9)]


@pytest.mark.parametrize("before, after", [(1, 8), (8, 16), (64, 64), (5, 2)])
def test_a_pair_has_as_many_weights_as_one_kernel_or_just_fewer(before, after):
    counts = [
        sum(p.numel() for p in layer.parameters() if p.ndim == 5)
        for layer in (
            networks.pair(before, after),
            networks.pair(before, after, networks.middle_channels(before, after) + 1),
            networks.convolution(before, after, (3, 3, 3)),
        )
    ]
    assert counts[0] <= counts[2] < counts[1]


@pytest.mark.parametrize("make", [
    lambda: networks.clip_network("2-D", num_classes=8), lambda: networks.segmenter("2-D"),
])  # fmt: skip
def test_unknown_kinds_are_refused(make):
    with pytest.raises(ValueError, match="'2-D'"):
        make()
