"""`course train`, from the shell's point of view."""

import numpy as np
import pytest
import torch
from PIL import Image

from course_lib.cli import main
from course_lib.datasets import Dataset
from course_lib.training import fit
from course_lib.training.command import find_network, small_cnn


def images(shape, num_classes=3):
    rng = np.random.default_rng(seed=0)
    x = rng.random((12, *shape), np.float32)
    y = np.arange(12) % num_classes
    return Dataset(x, y, x, y, tuple("abcdefghij"[:num_classes]), "made here", "none")


def test_digits_are_learned_and_a_line_is_printed_each_epoch(capsys):
    assert main(["train", "digits", "--epochs", "3", "--learning-rate", "0.1"]) == 0
    data, network, *epochs = capsys.readouterr().out.splitlines()
    assert data.startswith("Dataset(1297 training and 500 test images")
    assert network == "small: 6,090 parameters"
    assert [line[:9] for line in epochs] == ["epoch 1/3", "epoch 2/3", "epoch 3/3"]
    assert float(epochs[-1].partition("test accuracy ")[2].split()[0]) > 0.9


def test_own_files_train_and_resume(tmp_path, capsys):
    data = images((1, 8, 8))
    arrays = {key: getattr(data, key) for key in ("x_train", "y_train", "x_test", "y_test")}
    np.savez(tmp_path / "mine.npz", **arrays)
    command = ["train", str(tmp_path / "mine.npz"), "--epochs", "2", "--device", "cpu"]
    command += ["--checkpoint", str(tmp_path / "a.ckpt")]
    assert main(command) == 0
    assert len(capsys.readouterr().out.splitlines()) == 4
    assert main([*command, "--resume"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2  # nothing was left to do
    assert main([*command, "--resume", "--seed", "1"]) == 2
    assert "seed=1 and a checkpoint with seed=0" in capsys.readouterr().err


def test_a_folder_of_pictures_trains(tmp_path, capsys):
    for name in ("cats/a.png", "cats/b.png", "dogs/a.png", "dogs/b.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        Image.new("RGB", (40, 30)).save(tmp_path / name)
    assert main(["train", str(tmp_path), "--size", "16", "--epochs", "1"]) == 0
    assert "(3, 16, 16), 2 classes" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["numbers"], "numbers"),
        (["no/such.npz"], "not there"),
        (["digits", "--network", "giant"], "name='giant'"),
        (["digits", "--optimizer", "magic"], "optimizer='magic'"),
        (["digits", "--epochs", "0"], "epochs=0"),
    ],
    ids=["data", "file", "network", "optimizer", "epochs"],
)
def test_bad_input_is_one_sentence(capsys, arguments, words):
    assert main(["train", *arguments]) == 2
    error = capsys.readouterr().err
    assert words in error and error.count("\n") == 1


@pytest.mark.parametrize("shape", [(1, 4, 4), (3, 9, 14), (1, 28, 28)])
def test_the_small_network_fits_images_of_any_size(shape):
    network = small_cnn(shape[0], shape[1:], num_classes=7)
    assert network(torch.zeros(2, *shape)).shape == (2, 7)


def test_the_small_network_refuses_tiny_images():
    with pytest.raises(ValueError, match="images of 3 x 9 pixels"):
        small_cnn(1, (3, 9), num_classes=2)


@pytest.mark.parametrize(
    "name, shape", [("lenet5", (3, 28, 36)), ("googlenet", (1, 64, 64)), ("resnet18", (1, 33, 40))]
)
def test_networks_of_models_fit_the_data(name, shape):
    data = images(shape)
    network = find_network(name, data)
    options = {"epochs": 1, "batch_size": 6, "optimizer": "sgd", "learning_rate": 0.01}
    history = fit(network, data, **options, seed=0, device="cpu", progress=False)
    assert np.isfinite(history.losses).all()
