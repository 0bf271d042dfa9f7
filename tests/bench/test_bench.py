"""The benchmark runs and reports; how fast anything is, is no matter for a test."""

import json
from unittest.mock import Mock

import numpy as np
import pytest
import torch
from compare import assert_same

from course_lib import numpy_nn, numpy_ops
from course_lib.bench import main, networks
from course_lib.bench.layers import CONV_LAYERS, OPERATIONS
from course_lib.bench.measure import Row, chosen_algorithm
from course_lib.bench.memory import MEGABYTE, peak_memory
from course_lib.bench.report import means, table_line
from course_lib.bench.turns import Contestant, Times, alternate
from course_lib.processes import THREAD_VARIABLES


def test_the_command_measures_prints_and_writes(tmp_path, capfd):
    numbers, picture = tmp_path / "bench.json", tmp_path / "bench.png"
    only = ["--only", "lenet_conv2", "relu"]
    assert main([*only, "--seconds", "0", "--json", str(numbers), "--chart", str(picture)]) == 0
    printed = capfd.readouterr().out
    assert "lenet_conv2" in printed and "im2col_batch_last" in printed and "relu" in printed
    report = json.loads(numbers.read_text())
    assert [row["name"] for row in report["convolutions"] + report["others"]] == [
        "lenet_conv2",
        "relu",
    ]
    assert report["convolutions"][0]["seconds"]["ours"]["both"] > 0
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_whole_networks_are_timed_beside_torch(capfd):
    assert main(["--networks", "--seconds", "0"]) == 0
    printed = capfd.readouterr().out
    assert "ResNet-18" in printed and "LeNet-5" in printed


def test_both_libraries_build_the_same_lenet():
    ours = networks._lenet(numpy_nn, generator=np.random.default_rng(seed=0))
    theirs = networks._lenet(torch.nn)
    theirs.load_state_dict({k: torch.from_numpy(v) for k, v in ours.state_dict().items()})
    x = np.random.default_rng(seed=1).standard_normal((3, 1, 32, 32), np.float32)
    assert_same(ours(x), theirs(torch.from_numpy(x)), tolerance=1e-5)


def test_one_core_is_timed_beside_all(capfd):
    assert main(["--cores", "--seconds", "0"]) == 0
    lines = capfd.readouterr().out.splitlines()
    assert [line.split(",")[0] for line in lines[-2:]] == ["digits CNN", "vgg_conv3_1"]


def test_one_operation_and_one_network_can_be_timed_alone(capfd):
    assert main(["--operations", "max_pool2d", "--seconds", "0"]) == 0
    lines = [line for line in capfd.readouterr().out.splitlines() if "2x2" in line or "3x3" in line]
    assert [line.split("  ")[0] for line in lines] == ["max_pool2d 2x2", "max_pool2d 3x3 stride 2"]
    assert main(["--networks", "lenet5", "--seconds", "0"]) == 0
    printed = capfd.readouterr().out
    assert "LeNet-5" in printed and "ResNet-18" not in printed


@pytest.mark.parametrize(
    "arguments, words",
    [
        (
            ["--only", "lenet_conv9"],
            "only='lenet_conv9'; it needs only as one of 'alexnet_conv1', ",
        ),
        (["--operations", "conv9d"], "operations='conv9d'; it needs operations as one of 'avg_p"),
        (["--networks", "vgg99"], "networks='vgg99'; it needs networks as one of 'lenet5', 'res"),
        (["--operations", "relu", "--only", "tanh"], "only='tanh'; it needs only as one of 'relu'"),
    ],
    ids=["case", "operation", "network", "case-of-another-operation"],
)
def test_a_wrong_name_lists_the_choices(capfd, arguments, words):
    assert main([*arguments, "--seconds", "0"]) == 2
    error = capfd.readouterr().err
    assert error.startswith("course bench: bench received ")
    assert words in error and error.count("\n") == 1


def test_the_measuring_process_has_one_thread(monkeypatch):
    seen = {}

    def record(command, *, env):
        seen.update(env)
        return Mock(wait=lambda: 0)

    monkeypatch.setattr("course_lib.bench.subprocess.Popen", record)
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    assert main([]) == 0
    assert {seen[name] for name in THREAD_VARIABLES} == {"1"}


def test_contestants_take_turns():
    order = []
    contestants = {
        name: Contestant(lambda name=name: order.append(name), lambda _: None) for name in "ab"
    }
    times = alternate(contestants, seconds=0)
    assert order == ["a", "b"] * 6
    assert times["a"].both >= times["a"].forward >= 0


def test_peak_memory_does_not_begin_with_that_of_the_parent():
    ballast = bytearray(1 << 28)
    ballast[:: 1 << 12] = b"x" * (1 << 16)
    output = 64 * 6 * 28 * 28 * 4 / MEGABYTE
    assert peak_memory("ours", "lenet_conv1") > output


def test_ratios_above_one_mean_that_ours_is_faster():
    row = Row("layer", "im2col", Times(1.0, 2.0), Times(2.0, 8.0), None, 300.0)
    assert row.ratio(row.torch) == Times(2.0, 4.0)
    assert row.ratio(row.product) is None
    assert table_line(row).split()[-3:] == ["2.00", "4.00", "300"]
    assert means([row, row]) == {"torch_forward": 2.0, "torch_both": 4.0}


@pytest.mark.parametrize("layer", CONV_LAYERS, ids=lambda layer: layer.name)
def test_the_layer_table_is_consistent(layer):
    assert layer.output_size >= 1
    assert layer.channels_in % layer.groups == layer.channels_out % layer.groups == 0


def test_vgg_conv1_2_has_the_published_cost():
    layer = next(layer for layer in CONV_LAYERS if layer.name == "vgg_conv1_2")
    assert layer.multiply_adds == 2 * 64 * 224**2 * 64 * 9


def test_every_way_to_convolve_but_the_fft_is_measured():
    assert {chosen_algorithm(layer) for layer in CONV_LAYERS} == {
        "im2col", "im2col_batch_last", "pointwise", "depthwise", "depthwise_channels_last",
        "winograd",
    }  # fmt: skip


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_every_operation_exists(operation):
    assert operation.operation in numpy_ops.__all__
    assert f"{operation.operation}_backward" in numpy_ops.__all__
