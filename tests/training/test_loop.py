"""The training loops: NumPy and torch in lockstep, interruptions, and checkpoints."""

import signal
from functools import partial
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from compare import assert_same
from torch import nn

from course_lib import numpy_nn
from course_lib.training import (
    fit,
    fit_numpy,
    load_checkpoint,
    predict,
    predict_numpy,
    run,
    save_checkpoint,
)


def torch_net(*, seed=0, dropout=0.0):
    torch.manual_seed(seed)
    return nn.Sequential(
        nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), nn.Dropout(dropout),
        nn.Linear(48, 3),
    )  # fmt: skip


def twins():
    rng = np.random.default_rng(seed=0)
    ours = numpy_nn.Sequential(
        numpy_nn.Conv2d(1, 4, 3, generator=rng),
        numpy_nn.ReLU(),
        numpy_nn.Flatten(),
        numpy_nn.Linear(48, 3, generator=rng),
    ).astype("float64")
    theirs = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(48, 3)).double()
    theirs.load_state_dict({k: torch.from_numpy(v) for k, v in ours.state_dict().items()})
    return ours, theirs


OPTIONS = {
    "epochs": 4, "batch_size": 16, "optimizer": "momentum", "learning_rate": 0.05,
    "schedule": "one_cycle", "device": "cpu", "seed": 3, "progress": False,
}  # fmt: skip


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "nesterov", "adam"])
@pytest.mark.parametrize("schedule", ["constant", "linear", "cosine", "one_cycle"])
def test_numpy_and_torch_train_in_lockstep(stripes, optimizer, schedule):
    ours, theirs = twins()
    options = OPTIONS | {"optimizer": optimizer, "schedule": schedule, "learning_rate": 0.01}
    twin_history = fit(theirs, stripes, **options)
    options.pop("device")
    history = fit_numpy(ours, stripes, **options)
    for name in ("losses", "learning_rates", "test_losses", "test_accuracies"):
        assert_same(np.array(getattr(history, name)), np.array(getattr(twin_history, name)))
    assert len(history.losses) == 4 * 5 and len(history.test_losses) == 4
    logits = predict_numpy(ours, stripes.x_test, batch_size=7)
    assert_same(logits, predict(theirs, stripes.x_test, batch_size=9, device="cpu"))


@pytest.mark.parametrize("mode", [True, False], ids=["train", "eval"])
def test_predictions_are_made_in_eval_mode_and_the_mode_comes_back(stripes, mode):
    rng = np.random.default_rng(seed=0)
    ours = numpy_nn.Sequential(
        numpy_nn.Flatten(),
        numpy_nn.Dropout(generator=rng),
        numpy_nn.BatchNorm1d(30),
        numpy_nn.Linear(30, 3, generator=rng),
    )
    theirs = nn.Sequential(nn.Flatten(), nn.Dropout(), nn.BatchNorm1d(30), nn.Linear(30, 3))
    theirs.load_state_dict({k: torch.from_numpy(v) for k, v in ours.state_dict().items()})
    ours.train(mode)
    theirs.train(mode)
    logits = predict_numpy(ours, stripes.x_test, batch_size=7)
    twin_logits = predict(theirs, stripes.x_test, batch_size=9, device="cpu")
    assert_same(logits, twin_logits)
    assert ours.training == theirs.training == mode
    history = fit_numpy(
        ours.train(), stripes, epochs=1, batch_size=16, optimizer="sgd", learning_rate=0.1,
        seed=0, progress=False,
    )  # fmt: skip
    loss = numpy_nn.CrossEntropyLoss()(ours.eval()(stripes.x_test), stripes.y_test)
    assert history.test_losses == [pytest.approx(float(loss), rel=1e-5)]


@pytest.mark.parametrize("loop_of", ["numpy", "torch"])
def test_training_switches_to_training_mode(stripes, loop_of):
    def losses(mode):
        if loop_of == "torch":
            return fit(torch_net(dropout=0.5).train(mode), stripes, **OPTIONS).losses
        rng = np.random.default_rng(seed=0)
        network = numpy_nn.Sequential(
            numpy_nn.Flatten(), numpy_nn.BatchNorm1d(30), numpy_nn.Linear(30, 3, generator=rng)
        ).train(mode)
        options = {name: value for name, value in OPTIONS.items() if name != "device"}
        return fit_numpy(network, stripes, **options).losses

    assert losses(True) == losses(False)


def test_callables_choose_optimizer_and_schedule(stripes):
    ours, theirs = twins()
    options = OPTIONS | {"schedule": lambda t: 1 / (1 + t)}
    decay = {"momentum": 0.5, "weight_decay": 0.1}
    twin = fit(theirs, stripes, **options | {"optimizer": partial(torch.optim.SGD, **decay)})
    options.pop("device")
    options |= {"optimizer": partial(numpy_nn.SGD, **decay)}
    assert_same(np.array(fit_numpy(ours, stripes, **options).losses), np.array(twin.losses))


def test_training_learns(stripes):
    history = fit(torch_net(), stripes, **OPTIONS | {"epochs": 20})
    assert history.test_accuracies[-1] >= 0.9
    assert history.train_losses()[-1] < history.train_losses()[0] / 2


def test_bytes_train_as_their_255th(stripes):
    scaled = (stripes.x_train * 255).astype(np.uint8)
    as_bytes = SimpleNamespace(**vars(stripes) | {"x_train": scaled})
    as_floats = SimpleNamespace(**vars(stripes) | {"x_train": scaled.astype(np.float32) / 255})
    histories = [fit(torch_net(), data, **OPTIONS).losses for data in (as_bytes, as_floats)]
    assert histories[0] == histories[1]


def test_short_labels_and_read_only_arrays_will_do(stripes):
    short = {name: getattr(stripes, name).astype("int32") for name in ("y_train", "y_test")}
    data = SimpleNamespace(**vars(stripes) | short)
    for array in vars(data).values():
        array.flags.writeable = False
    assert fit(torch_net(), data, **OPTIONS).losses == fit(torch_net(), stripes, **OPTIONS).losses


def test_the_caller_keeps_its_random_state(stripes):
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    fit(torch_net_of_fixed_weights(), stripes, **OPTIONS)
    assert_same(torch.rand(3), expected, tolerance=0.0)


def torch_net_of_fixed_weights():
    with torch.random.fork_rng():
        return torch_net(dropout=0.5)


def test_the_seed_decides_everything(stripes):
    def losses(seed):
        return fit(torch_net(dropout=0.5), stripes, **OPTIONS | {"seed": seed}).losses

    assert losses(1) == losses(1)
    assert losses(1) != losses(2)


class PowerCutError(Exception):
    """Stands for whatever ends a training early."""


def cut_after(steps, total):
    """Make the constant schedule, which fails once `steps` of `total` are done."""

    def constant(t):
        if t * total >= steps - 1e-6:
            raise PowerCutError
        return 1.0

    return constant


@pytest.mark.parametrize("steps", [5, 7, 19])
@pytest.mark.parametrize("optimizer", ["momentum", "adam"])
def test_resumed_training_equals_an_uninterrupted_one(
    stripes, tmp_path, monkeypatch, steps, optimizer
):
    monkeypatch.setattr(run, "SECONDS_BETWEEN_CHECKPOINTS", 0.0)  # one after every step
    options = OPTIONS | {"schedule": "constant", "optimizer": optimizer}
    whole_net, net, other_net = (torch_net(dropout=0.5) for _ in range(3))
    whole = fit(whole_net, stripes, **options)

    file = tmp_path / "training.ckpt"
    with pytest.raises(PowerCutError):
        cut = options | {"schedule": cut_after(steps, total=20)}
        fit(net, stripes, **cut, checkpoint=file)
    assert len(load_checkpoint(file)["history"]["losses"]) == steps
    resumed = fit(other_net, stripes, **options, checkpoint=file, resume=True)

    for name in ("losses", "learning_rates", "test_losses", "test_accuracies"):
        assert getattr(resumed, name) == getattr(whole, name)
    assert len(resumed.seconds) == 4
    for name, tensor in other_net.state_dict().items():
        assert_same(tensor, whole_net.state_dict()[name], tolerance=0.0)


def test_a_finished_training_resumes_to_nothing(stripes, tmp_path):
    file = tmp_path / "training.ckpt"
    done = fit(torch_net(), stripes, **OPTIONS, checkpoint=file)
    net = torch_net(seed=9)
    again = fit(net, stripes, **OPTIONS, checkpoint=file, resume=True)
    assert again == done


def test_resume_without_a_file_starts_from_the_beginning(stripes, tmp_path):
    file = tmp_path / "training.ckpt"
    resumed = fit(torch_net(), stripes, **OPTIONS, checkpoint=file, resume=True)
    assert resumed.losses == fit(torch_net(), stripes, **OPTIONS).losses
    assert file.exists()


@pytest.mark.parametrize("name, value", [("seed", 4), ("epochs", 3), ("optimizer", "adam")])
def test_a_checkpoint_of_other_settings_is_refused(stripes, tmp_path, name, value):
    file = tmp_path / "training.ckpt"
    fit(torch_net(), stripes, **OPTIONS, checkpoint=file)
    with pytest.raises(ValueError, match=f"fit received {name}={value!r} and a checkpoint with"):
        fit(torch_net(), stripes, **OPTIONS | {name: value}, checkpoint=file, resume=True)


def test_progress_prints_one_line_an_epoch(stripes, capsys):
    fit(torch_net(), stripes, **OPTIONS | {"progress": True, "epochs": 2})
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("epoch 1/2  loss ") and second.startswith("epoch 2/2  loss ")


@pytest.mark.parametrize(
    "change, error, text",
    [
        pytest.param({"epochs": 0}, ValueError, "epochs=0", id="epochs"),
        pytest.param({"batch_size": 2.5}, TypeError, "batch_size=2.5", id="batch"),
        pytest.param({"optimizer": "adagrad"}, ValueError, "'adagrad'", id="optimizer"),
        pytest.param({"schedule": "steps"}, ValueError, "'steps'", id="schedule"),
        pytest.param({"seed": -1}, ValueError, "seed=-1", id="seed"),
    ],
)
@pytest.mark.parametrize("library", ["numpy", "torch"])
def test_bad_options_are_refused(stripes, library, change, error, text):
    ours, theirs = twins()
    options = OPTIONS | change
    with pytest.raises(error, match=text):
        if library == "torch":
            fit(theirs, stripes, **options)
        else:
            fit_numpy(ours, stripes, **{k: v for k, v in options.items() if k != "device"})


@pytest.mark.parametrize(
    "change, error, text",
    [
        pytest.param({"device": "cuda:99"}, ValueError, "device='cuda:99'", id="no-gpu"),
        pytest.param({"device": "abacus"}, ValueError, "device='abacus'", id="no-device"),
        pytest.param({"resume": True}, ValueError, "without a checkpoint", id="resume"),
        pytest.param({"resume": "yes"}, TypeError, "resume='yes'", id="flag"),
        pytest.param({"checkpoint": "no/such/folder/a"}, ValueError, "not there", id="folder"),
    ],
)
def test_bad_devices_and_checkpoints_are_refused(stripes, change, error, text):
    with pytest.raises(error, match=text):
        fit(torch_net(), stripes, **OPTIONS | change)


def test_a_model_without_weights_is_refused(stripes):
    with pytest.raises(ValueError, match="without any parameter"):
        fit(nn.Flatten(), stripes, **OPTIONS)


@pytest.mark.parametrize(
    "change, error, text",
    [
        pytest.param(
            {"x_train": np.zeros((5, 1, 6, 5))}, ValueError, r"\(5, 1, 6, 5\)", id="count"
        ),
        pytest.param(
            {"x_train": np.zeros((0, 1, 6, 5)), "y_train": np.zeros(0, int)},
            ValueError,
            "at least one image",
            id="empty",
        ),
        pytest.param({"x_train": np.zeros((70, 1, 6, 5), int)}, TypeError, "int64", id="integers"),
        pytest.param({"x_test": np.zeros((3, 1, 6, 5))}, ValueError, r"x_test .*\(3, ", id="test"),
        pytest.param(
            {"y_train": np.zeros(70)}, TypeError, "y_train with dtype float64", id="float"
        ),
        pytest.param(
            {"y_train": np.full(70, -100)}, ValueError, "y_train with label -100", id="ignored"
        ),
        pytest.param(
            {"y_test": np.full(20, 3)}, ValueError, "labels up to 3; it needs logits", id="classes"
        ),
    ],
)
def test_data_that_cannot_be_trained_on_is_refused(stripes, change, error, text):
    with pytest.raises(error, match=text):
        fit(torch_net(), SimpleNamespace(**vars(stripes) | change), **OPTIONS)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("part", ["x_train", "x_test"])
@pytest.mark.parametrize("loop_of", ["numpy", "torch"])
def test_images_that_are_not_finite_are_refused(stripes, loop_of, part, value):
    holed = getattr(stripes, part).copy()
    holed[-1, 0, 2, 3] = value
    data = SimpleNamespace(**vars(stripes) | {part: holed})
    ours, theirs = twins()
    before = theirs.state_dict()["0.weight"].clone()
    with pytest.raises(ValueError, match=f"{part} with NaN or infinite values"):
        if loop_of == "torch":
            fit(theirs, data, **OPTIONS)
        else:
            fit_numpy(ours, data, **{k: v for k, v in OPTIONS.items() if k != "device"})
    assert torch.equal(theirs.state_dict()["0.weight"], before)


def first(data, count):
    """Keep the first training images, so that the last batch has a size that matters."""
    parts = {"x_train": data.x_train[:count], "y_train": data.y_train[:count]}
    return SimpleNamespace(**vars(data) | parts)


def batch_norm_twins():
    rng = np.random.default_rng(seed=0)
    ours = numpy_nn.Sequential(numpy_nn.Flatten(), numpy_nn.BatchNorm1d(30),
                               numpy_nn.Linear(30, 3, generator=rng)).astype("float64")  # fmt: skip
    theirs = nn.Sequential(nn.Flatten(), nn.BatchNorm1d(30), nn.Linear(30, 3)).double()
    theirs.load_state_dict({k: torch.from_numpy(v) for k, v in ours.state_dict().items()})
    return ours, theirs


def test_a_last_batch_of_one_joins_the_batch_before_it_where_there_is_batch_norm(stripes, capsys):
    ours, theirs = batch_norm_twins()
    options = OPTIONS | {"epochs": 2, "progress": True}
    data = first(stripes, 65)  # 4 batches of 16, and one image
    twin_history = fit(theirs, data, **options)
    said = capsys.readouterr().out.splitlines()
    options.pop("device")
    history = fit_numpy(ours, data, **options)
    assert len(history.losses) == len(twin_history.losses) == 2 * 4
    assert_same(np.array(history.losses), np.array(twin_history.losses))
    assert len(history.train_losses()) == 2
    for lines in (said, capsys.readouterr().out.splitlines()):
        assert "a single image, too few for batch norm: it joins the batch before" in lines[0]
        assert len(lines) == 3


@pytest.mark.parametrize(
    "count, frozen, steps",
    [
        pytest.param(65, True, 5, id="frozen"),
        pytest.param(66, False, 5, id="two-images-left"),
        pytest.param(64, False, 4, id="nothing-left"),
    ],
)
def test_other_last_batches_stay(stripes, capsys, count, frozen, steps):
    _, net = batch_norm_twins()
    net[1].train(not frozen)
    options = OPTIONS | {"epochs": 1, "progress": True}
    assert len(fit(net, first(stripes, count), **options).losses) == steps
    assert "joins" not in capsys.readouterr().out


@pytest.mark.parametrize("count, batch_size", [(1, 16), (9, 1)], ids=["one-image", "batches-of-1"])
def test_batch_norm_on_single_images_alone_is_refused(stripes, count, batch_size):
    _, net = batch_norm_twins()
    with pytest.raises(ValueError, match="fit received a batch of 1 image, which leaves batch no"):
        fit(net, first(stripes, count), **OPTIONS | {"batch_size": batch_size})


def interrupted_after(steps, total):
    """Make the constant schedule, during which Ctrl-C is pressed once."""

    def constant(t):
        if round(t * total) == steps - 1:
            signal.raise_signal(signal.SIGINT)
        return 1.0

    return constant


@pytest.mark.parametrize("steps", [1, 5, 7, 20])
def test_ctrl_c_saves_and_says_how_to_go_on(stripes, tmp_path, capsys, steps):
    options = OPTIONS | {"schedule": "constant"}
    whole_net, net, other_net = (torch_net(dropout=0.5) for _ in range(3))
    whole = fit(whole_net, stripes, **options)
    file = tmp_path / "training.ckpt"
    cut = options | {"schedule": interrupted_after(steps, total=20)}
    with pytest.raises(KeyboardInterrupt):
        fit(net, stripes, **cut, checkpoint=file)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    [line] = capsys.readouterr().out.splitlines()
    assert line == (
        f"Stopped after step {steps} of 20; saved in {file}. To go on, run the same again with "
        "resume=True (course train ... --resume)."
    )
    resumed = fit(other_net, stripes, **options, checkpoint=file, resume=True)
    assert resumed.losses == whole.losses
    assert resumed.test_losses == whole.test_losses
    for name, tensor in other_net.state_dict().items():
        assert_same(tensor, whole_net.state_dict()[name], tolerance=0.0)


def test_ctrl_c_without_a_checkpoint_says_that_nothing_is_saved(stripes, capsys):
    with pytest.raises(KeyboardInterrupt):
        fit(torch_net(), stripes, **OPTIONS | {"schedule": interrupted_after(3, total=20)})
    assert capsys.readouterr().out == (
        "Stopped after step 3 of 20; nothing is saved, as no checkpoint was given.\n"
    )


def test_a_second_ctrl_c_gets_through_at_once_and_saves_nothing(stripes, tmp_path):
    def impatient(t):
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)
        return 1.0

    with pytest.raises(KeyboardInterrupt):
        fit(torch_net(), stripes, **OPTIONS | {"schedule": impatient}, checkpoint=tmp_path / "a")
    assert not (tmp_path / "a").exists()


def test_training_goes_on_with_more_epochs(stripes, tmp_path):
    options = OPTIONS | {"schedule": "constant"}
    file = tmp_path / "training.ckpt"
    whole = fit(torch_net(dropout=0.5), stripes, **options)
    fit(torch_net(dropout=0.5), stripes, **options | {"epochs": 2}, checkpoint=file)
    longer = fit(torch_net(seed=8, dropout=0.5), stripes, **options, checkpoint=file, resume=True)
    assert longer.losses == whole.losses
    assert longer.test_accuracies == whole.test_accuracies


OTHER_NETWORKS = {
    "another-width": (nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(),
                                    nn.Dropout(), nn.Linear(48, 5)), r"5\.weight \(3, 48\)"),
    "other-layers": (nn.Sequential(nn.Flatten(), nn.Linear(30, 3)), r"no 1\.weight|1\.weight"),
    "a-layer-more": (nn.Sequential(*torch_net(), nn.Linear(3, 3)), r"it has no 6\.weight"),
}  # fmt: skip


@pytest.mark.parametrize("net, text", OTHER_NETWORKS.values(), ids=OTHER_NETWORKS.keys())
def test_a_checkpoint_of_another_network_is_refused_and_nothing_of_it_is_loaded(
    stripes, tmp_path, net, text
):
    file = tmp_path / "training.ckpt"
    fit(torch_net(), stripes, **OPTIONS, checkpoint=file)
    before = {name: tensor.clone() for name, tensor in net.state_dict().items()}
    with pytest.raises(ValueError, match=f"fit received a checkpoint of another network.*{text}"):
        fit(net, stripes, **OPTIONS, checkpoint=file, resume=True)
    for name, tensor in net.state_dict().items():
        assert torch.equal(tensor, before[name])


def test_a_checkpoint_that_fit_has_not_saved_is_refused(stripes, tmp_path):
    save_checkpoint(tmp_path / "other", {"weight": torch.ones(2)})
    with pytest.raises(ValueError, match="a checkpoint without settings, model"):
        fit(torch_net(), stripes, **OPTIONS, checkpoint=tmp_path / "other", resume=True)


def test_a_model_whose_outputs_are_no_logits_is_refused(stripes):
    with pytest.raises(ValueError, match=r"outputs of shape \(16, 4, 4, 3\)"):
        fit(nn.Conv2d(1, 4, 3), stripes, **OPTIONS)
