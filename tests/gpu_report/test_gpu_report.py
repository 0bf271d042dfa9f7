"""The report is complete, says what failed, and goes on after a row that cannot be run."""

import json
import math
from contextlib import nullcontext
from types import SimpleNamespace

import pytest
import torch

from course_lib import gpu_report, parity, torch_ops
from course_lib.cli import main
from course_lib.gpu_report import attempts, machine, making, precision, throughput
from course_lib.gpu_report.plan import FULL, PRECISIONS, SMALL, WAYS, Images, Plan
from course_lib.gpu_report.precision import Check
from course_lib.gpu_report.throughput import Speed
from course_lib.parity import TOLERANCES

TINY_LENET = Images("lenet5", 1, 28, 4, steps=2, padding=2)
TINY = Plan(("relu", "linear"), (TINY_LENET,), (TINY_LENET,), WAYS[:-1], seconds=0.0)
GPU = torch.device("cuda")


def quietly(plan=TINY, **options):
    return gpu_report.make_report(plan, device="cpu", **options)


@pytest.fixture(scope="module")
def report():
    return quietly()


def test_every_operation_and_network_has_a_check_in_every_precision(report):
    asked = {("operation", n, p) for n in ("relu", "linear") for p in PRECISIONS}
    asked |= {("network", "lenet5 28 px", p) for p in PRECISIONS}
    assert {(check.kind, check.name, check.precision) for check in report.checks} == asked
    assert not report.failed
    errors = {c.precision: c.output_error for c in report.checks if c.kind == "network"}
    assert 0 < errors["float64"] < 1e-13 < errors["float32"] < 1e-5 < errors["bfloat16"]


def test_training_is_timed_in_every_way(report):
    assert [speed.way for speed in report.speeds] == list(WAYS[:-1])
    for speed in report.speeds:
        assert speed.bare > 0 and speed.fit > 0 and not speed.note
        assert speed.share == speed.fit / speed.bare
        assert 0 < speed.loss < 5


def test_without_a_gpu_memory_is_not_counted(report):
    assert {(s.bare_gigabytes, s.fit_gigabytes) for s in report.speeds} == {(None, None)}
    assert report.machine["device"] == "cpu" and "card" not in report.machine


def test_markdown_has_a_line_for_each_row(report):
    lines = gpu_report.as_markdown(report).splitlines()
    assert lines[0] == "# GPU report"
    assert "12 checks of precision: all passed." in lines[2]
    assert [line.split(" | ")[0] for line in lines if line.startswith("| lenet5")] == [
        "| lenet5 28 px"
    ] * (1 + len(WAYS[:-1]))
    assert "## Not measured, or astray" not in lines


def test_json_has_every_number(report):
    record = json.loads(gpu_report.as_json(report))
    assert record["passed"] and record["form"] == "small"
    assert record["checks"][0]["tolerance"] == TOLERANCES["float64"]._asdict()
    assert record["speeds"][0]["share"] == report.speeds[0].share
    assert set(record["machine"]) >= {"device", "PyTorch", "NumPy"}


def test_what_was_set_before_is_set_after():
    switches = (torch.backends.cudnn, torch.backends.cuda.matmul)
    before = [switch.allow_tf32 for switch in switches], torch.get_rng_state()
    quietly(TINY._replace(operations=("relu",), networks=(), ways=("float32",)))
    assert [switch.allow_tf32 for switch in switches] == before[0]
    assert torch.equal(torch.get_rng_state(), before[1])


@pytest.mark.parametrize(("way", "allowed"), [("float32", False), ("tf32", True), ("bf16", True)])
def test_tensor_float32_is_allowed_in_all_ways_but_float32(monkeypatch, way, allowed):
    seen, right = [], throughput.cross_entropy

    def spy(logits, target):
        seen.append((torch.backends.cudnn.allow_tf32, logits.dtype))
        return right(logits, target)

    monkeypatch.setattr(throughput, "cross_entropy", spy)
    quietly(TINY._replace(operations=("relu",), networks=(), ways=(way,)))
    assert set(seen) == {(allowed, torch.float32)}


@pytest.mark.parametrize(
    ("way", "dtype", "format_"),
    [
        ("tf32", torch.float32, torch.contiguous_format),
        ("bf16", torch.bfloat16, torch.contiguous_format),
        ("channels-last", torch.bfloat16, torch.channels_last),
    ],
)
def test_each_way_is_what_it_is_called(way, dtype, format_):
    network = throughput._InOneWay(torch.nn.Conv2d(3, 4, 3), way)
    seen = []
    network.network.register_forward_hook(lambda layer, inputs, y: seen.append(y))
    logits = network(torch.ones(2, 3, 5, 7))
    assert logits.dtype == torch.float32 and seen[0].dtype == dtype
    assert network.network.weight.is_contiguous(memory_format=format_)
    assert seen[0].is_contiguous(memory_format=format_)


def test_compiled_code_is_for_training_alone(monkeypatch):
    def compile_(module, **options):
        assert options == {"dynamic": False}
        module._compiled_call_impl = lambda x: torch.full((1, 2), 7.0)  # stands in for the code

    monkeypatch.setattr(torch.nn.Module, "compile", compile_)
    network = throughput._InOneWay(torch.nn.Conv2d(3, 2, 1), "compile")
    x = torch.ones(1, 3, 1, 1)
    assert network.train()(x).tolist() == [[7.0, 7.0]]
    assert network.eval()(x).shape == (1, 2, 1, 1)


def test_fit_trains_as_many_epochs_as_the_bare_loop_and_one_to_warm_up(monkeypatch):
    monkeypatch.setattr(throughput, "fit", lambda *a, epochs, **k: seen.append(epochs) or HISTORY)
    seen = []
    data = throughput.make_data(TINY_LENET)
    speed = throughput.measure_speed(TINY_LENET, data, "float32", torch.device("cpu"), seconds=0.0)
    assert seen == [3]
    assert speed.fit == len(data.x_train) / 2.0  # the first, slow epoch does not count


HISTORY = SimpleNamespace(seconds=[90.0, 1.0, 3.0], losses=[2.3, 2.2])


def test_the_images_of_a_data_set_are_used_over_and_over(monkeypatch):
    few = throughput.make_data(TINY_LENET)
    monkeypatch.setattr(throughput.datasets, "load", lambda name: few)
    data = throughput.make_data(TINY_LENET._replace(steps=5, dataset="shifted_digits"))
    assert len(data.x_train) == 20
    assert (data.x_train[8:16] == few.x_train).all() and (data.y_train[:8] == few.y_train).all()


def test_a_wrong_operation_fails_the_report(monkeypatch, tmp_path, capsys):
    right = torch_ops.relu
    monkeypatch.setattr(torch_ops, "relu", lambda x: right(x) * 1.1)
    monkeypatch.setattr(making, "SMALL", TINY._replace(networks=(), trainings=()))
    file = tmp_path / "card.md"
    assert main(["gpu-report", "--device", "cpu", "--output", str(file)]) == 1
    shown = capsys.readouterr().out
    assert "8 checks of precision: 4 failed." in shown
    assert sum(line.endswith("FAILED") for line in shown.splitlines()) == 4
    assert file.read_text("utf-8").count("**NO**") == 1 + 4  # the text explains the mark
    assert not json.loads((tmp_path / "card.json").read_text("utf-8"))["passed"]


@pytest.mark.parametrize("part", ["output", "gradient"])
def test_a_wrong_network_fails_the_report(monkeypatch, part):
    errors = (1.0, 0.0) if part == "output" else (0.0, 1.0)
    monkeypatch.setattr(precision, "_network_errors", lambda *a: errors)
    rows = list(precision.check_networks(TINY, torch.device("cpu")))
    assert [row.passed for row in rows] == [False] * 4


@pytest.mark.parametrize("spoiled", ["grad_x", "features.0.weight"])
def test_a_wrong_gradient_of_a_network_is_seen(spoiled):
    reference = precision._reference(TINY_LENET)
    if spoiled == "grad_x":
        reference = reference._replace(grad_x=reference.grad_x * 2)
    else:
        reference.gradients[spoiled] = reference.gradients[spoiled][:, :, ::-1]
    output_error, gradient_error = precision._network_errors(
        reference, "float64", torch.device("cpu")
    )
    assert output_error < 1e-13 and gradient_error > 0.4


def test_an_operation_that_the_device_lacks_fails_alone(monkeypatch):
    right = parity.run

    def lacking(*, operations, **options):
        if operations == ["relu"]:
            raise RuntimeError('"relu_cuda" not implemented\nand more lines')
        return right(operations=operations, **options)

    monkeypatch.setattr(parity, "run", lacking)
    report = quietly(TINY._replace(networks=(), trainings=()))
    assert {check.name for check in report.failed} == {"relu"} and len(report.failed) == 4
    assert report.checks[0].note == 'RuntimeError: "relu_cuda" not implemented'
    assert '* relu, tf32: RuntimeError: "relu_cuda"' in gpu_report.as_markdown(report)


def test_out_of_memory_ends_its_row_alone(monkeypatch):
    right = throughput.fit

    def too_large(network, *arguments, **options):
        if network.channels_last:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 99 GiB.")
        return right(network, *arguments, **options)

    monkeypatch.setattr(throughput, "fit", too_large)
    ways = ("channels-last", "float32")
    report = quietly(TINY._replace(operations=("relu",), networks=(), ways=ways))
    assert [speed.note for speed in report.speeds] == ["out of memory", ""]
    assert report.speeds[0].bare is None and report.speeds[1].bare > 0
    assert "* lenet5 28 px, channels-last: out of memory" in gpu_report.as_markdown(report)
    assert not report.failed


def test_when_the_time_is_up_trainings_are_left_out_and_checks_are_made():
    report = quietly(TINY._replace(operations=("relu",), networks=()), minutes=0)
    assert len(report.checks) == 4
    assert {speed.note for speed in report.speeds} == {"left out: the time was up"}


def test_compiling_begins_only_with_more_time_left(monkeypatch):
    clock = SimpleNamespace(left=lambda: 60.0)
    monkeypatch.setattr(
        throughput, "measure_speed", lambda images, data, way, *a, **k: Speed("", way, 1)
    )
    speeds = throughput.measure_speeds(TINY._replace(ways=WAYS), torch.device("cpu"), clock)
    assert [bool(speed.note) for speed in speeds] == [False] * 4 + [True]


def test_infinity_and_nan_are_written_down(report):
    check = Check("operation", "relu", "tf32", 1, math.inf, None, TOLERANCES["tf32"], False)
    speed = Speed("lenet5 28 px", "bf16", 4, 2.0, 1.0, 0.0, None, None, math.nan)
    odd = report._replace(checks=[check], speeds=[speed])
    record = json.loads(gpu_report.as_json(odd))
    assert record["checks"][0]["output_error"] == "inf" and record["speeds"][0]["loss"] == "nan"
    text = gpu_report.as_markdown(odd)
    assert "1 of them failed" in text and "**NO** inf / -" in text
    assert "* lenet5 28 px, bf16: the loss became nan" in text


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--output", "{}"], "is a folder"),
        (["--output", "{}/no/card"], "in a folder that is not there"),
        (["--output", "{}/card", "--device", "meta"], "needs a device that PyTorch can use"),
        (["--output", "{}/card", "--device", "gpu"], "needs a device that PyTorch can use"),
    ],
)
def test_bad_input_is_one_sentence_before_any_work(tmp_path, capsys, arguments, words):
    (tmp_path.with_suffix(".md")).mkdir()
    assert main(["gpu-report", *(part.format(tmp_path) for part in arguments)]) == 2
    error = capsys.readouterr().err
    assert words in error and error.count("\n") == 1


def test_other_accelerators_and_no_time_are_refused(monkeypatch):
    with pytest.raises(ValueError, match=r"minutes=-1\.0"):
        gpu_report.make_report(minutes=-1.0)
    monkeypatch.setattr(making, "find_device", lambda device: torch.device("mps"))
    with pytest.raises(ValueError, match="needs an NVIDIA GPU or the CPU"):
        gpu_report.make_report()


def test_the_full_form_is_for_the_gpu(monkeypatch):
    seen, forked = [], []
    monkeypatch.setattr(making, "find_device", lambda device: GPU)
    monkeypatch.setattr(
        torch.random, "fork_rng", lambda devices: forked.extend(devices) or nullcontext()
    )
    monkeypatch.setattr(torch, "manual_seed", lambda seed: None)
    for name in ("check_operations", "check_networks", "measure_speeds"):
        monkeypatch.setattr(making, name, lambda plan, *a: seen.append(plan) or [])
    monkeypatch.setattr(making, "machine_facts", lambda device: {"device": str(device)})
    assert gpu_report.make_report().is_full
    assert seen == [FULL] * 3 and forked == [GPU]


def test_the_full_form_covers_what_it_promises():
    assert FULL.operations is None and FULL.ways == WAYS
    assert [images.name for images in FULL.trainings] == [
        "lenet5 28 px", "resnet18 32 px", "resnet18 224 px", "efficientnet_b0 224 px",
    ]  # fmt: skip


def test_the_card_and_its_driver_are_named(monkeypatch):
    card = SimpleNamespace(name="A card", total_memory=80e9)
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda device: card)
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device: (7, 5))
    monkeypatch.setattr(machine.shutil, "which", lambda name: name)
    answer = SimpleNamespace(stdout="550.54.15\n550.54.15\n")
    monkeypatch.setattr(machine.subprocess, "run", lambda *a, **k: answer)
    facts = machine.machine_facts(GPU)
    assert (facts["card"], facts["memory"]) == ("A card", "80.0 GB")
    assert (facts["compute capability"], facts["driver"]) == ("7.5", "550.54.15")
    assert facts["TF32 and bfloat16 in hardware"] == "no"


def test_the_gpu_is_waited_for_and_its_peak_is_new(monkeypatch):
    done = []
    for name, result in [("synchronize", None), ("reset_peak_memory_stats", None),
                         ("max_memory_allocated", 2_000_000_000)]:  # fmt: skip
        assert hasattr(torch.cuda, name)
        monkeypatch.setattr(
            torch.cuda, name, lambda device, n=name, r=result: done.append((n, device)) or r
        )
    attempts.synchronize(GPU)
    result, gigabytes = attempts.peak_gigabytes(GPU, lambda: done.append("work") or "result")
    assert (result, gigabytes) == ("result", 2.0)
    assert done == [
        ("synchronize", GPU), ("reset_peak_memory_stats", GPU), "work",
        ("max_memory_allocated", GPU),
    ]  # fmt: skip


@pytest.mark.slow
def test_the_small_form_from_the_shell(tmp_path, capsys):
    assert SMALL.operations and "compile" not in SMALL.ways
    assert main(["gpu-report", "--small", "--device", "cpu", "--output", str(tmp_path / "a")]) == 0
    assert "0 failed." in capsys.readouterr().out
    assert {file.name for file in tmp_path.iterdir()} == {"a.md", "a.json"}


@pytest.mark.slow
@pytest.mark.filterwarnings("default")  # the compiler's own
def test_a_compiled_network_trains():
    report = quietly(Plan(("relu",), (), (TINY_LENET,), ("compile",), seconds=0.0))
    (speed,) = report.speeds
    assert not speed.note and speed.fit > 0 and math.isfinite(speed.loss)
    assert speed.warm_up > 1.0 / speed.bare
