"""The training loop for PyTorch networks, on the CPU or a GPU."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from course_lib.checks import (
    require_choice,
    require_finite,
    require_flag,
    require_int,
    require_output_file,
    require_path,
)
from course_lib.errors import InvalidValue
from course_lib.training.checkpoints import load_checkpoint, plain_state
from course_lib.training.devices import find_device, require_torch_model
from course_lib.training.history import History
from course_lib.training.inputs import require_made, require_seed, require_training_set
from course_lib.training.run import Run
from course_lib.training.schedules import Schedule, find_schedule

if TYPE_CHECKING:
    import torch

OPTIMIZERS: dict[str, tuple[str, dict[str, Any]]] = {
    "sgd": ("SGD", {}),
    "momentum": ("SGD", {"momentum": 0.9}),
    "nesterov": ("SGD", {"momentum": 0.9, "nesterov": True}),
    "adam": ("Adam", {}),
}


def fit(
    model: "torch.nn.Module",
    dataset: Any,
    *,
    epochs: int,
    batch_size: int,
    optimizer: "str | Callable[..., torch.optim.Optimizer]",
    learning_rate: float,
    schedule: str | Schedule = "constant",
    device: str = "auto",
    seed: int,
    checkpoint: str | Path | None = None,
    resume: bool = False,
    progress: bool = True,
) -> History:
    """Train a PyTorch network to classify images, by the mean cross-entropy of its logits.

    Parameters
    ----------
    model : torch.nn.Module
        Maps images (N, C, H, W) to logits (N, classes); trained in place, in its own dtype, and
        left on `device`. In training mode, layers that are in eval mode stay frozen: a batch norm
        keeps its statistics. A model in eval mode is switched to training as a whole.
    dataset : Dataset
        Has x_train, y_train, x_test and y_test; uint8 images are divided by 255. Test images of
        another size than the training images are tried on the model before the first step.
    epochs, batch_size : int
        Passes over the training set, and images a step. The last batch of an epoch may be
        smaller; with batch norm, a single image joins the batch before.
    optimizer : {"sgd", "momentum", "nesterov", "adam"} or callable
        Momentum is 0.9. A callable gets (parameters, lr=...).
    learning_rate : float
        Rate at which the schedule is 1.
    schedule : {"constant", "linear", "cosine", "one_cycle"} or callable, default="constant"
        Gives the share of the rate, 0 or more, when a share from 0 to 1 of all steps is done.
    device : str, default="auto"
        "cpu", "cuda", "cuda:1"...; "auto" is the GPU if PyTorch finds one.
    seed : int
        Chooses the order of the images and, through torch's generators, dropout. The caller's
        own random state is left as it was.
    checkpoint : str or Path, default=None
        File to save the whole training in, after every epoch and every ten minutes; `~` is the
        home folder.
    resume : bool, default=False
        Go on from `checkpoint` if it is there; the numbers come out as if never interrupted. With
        more epochs than before the training goes on after its end; a schedule other than
        "constant" is then spread over all of them.
    progress : bool, default=True
        Print one line an epoch.

    Returns
    -------
    History
        Losses of all steps, test results of all epochs.

    Raises
    ------
    TypeError, ValueError
        If the data cannot be trained on, an option is unknown or out of range, the device is
        not there, or the checkpoint is damaged or of another training or network.
    KeyboardInterrupt
        After Ctrl-C, between two steps: with `checkpoint`, all steps so far are saved first.

    Notes
    -----
    Test results are for looking on. To choose settings by them, give a validation set as
    x_test and keep the real test set for the end.
    """
    import torch

    data = require_training_set("fit", dataset)
    settings = {
        "epochs": require_int("fit", "epochs", epochs, minimum=1),
        "batch_size": require_int("fit", "batch_size", batch_size, minimum=1),
        "optimizer": _name_of(optimizer), "schedule": _name_of(schedule),
        "learning_rate": require_finite("fit", "learning_rate", learning_rate, minimum=0.0),
        "seed": require_seed("fit", seed), "num_images": len(data.x_train),
        "largest_label": data.largest_label,
    }  # fmt: skip
    rate_at = find_schedule("fit", schedule)
    require_flag("fit", "progress", progress)
    checkpoint = _require_trainable(model, require_flag("fit", "resume", resume), checkpoint)
    place = find_device(device)
    gpus = [place] if place.type == "cuda" else []
    with torch.random.fork_rng(devices=gpus):
        torch.manual_seed(settings["seed"])
        model.to(place)
        if not model.training:
            model.train()  # else each layer keeps its mode: those in eval mode are frozen
        moves = _make_optimizer(optimizer, model, settings["learning_rate"])
        run = Run(model, moves, place, settings)
        run.try_other_size(data)
        if checkpoint is not None:
            plain_state("fit", run.state())  # what cannot be saved is said before the work
        if resume and checkpoint.exists():
            run.restore(load_checkpoint(checkpoint))
        run.train(data, rate_at, checkpoint, progress)
    return run.history


def _require_trainable(
    model: "torch.nn.Module", resume: bool, checkpoint: str | Path | None
) -> Path | None:
    """Return the file of the checkpoint, if there is to be one and it can be written."""
    require_torch_model("fit", model)
    if not any(p.requires_grad for p in model.parameters()):
        raise InvalidValue(
            "fit", received="a model without any parameter to train",
            needed="at least one parameter with requires_grad",
            fix="give the model a layer with weights")  # fmt: skip
    if resume and checkpoint is None:
        raise InvalidValue(
            "fit", received="resume=True without a checkpoint", needed="the file to resume from",
            fix="pass checkpoint=...")  # fmt: skip
    if checkpoint is None:
        return None
    file = require_path("fit", "checkpoint", checkpoint)
    require_output_file("fit", "checkpoint", file)
    return file


def _make_optimizer(
    optimizer: "str | Callable[..., torch.optim.Optimizer]",
    model: "torch.nn.Module",
    learning_rate: float,
) -> "torch.optim.Optimizer":
    import torch

    parameters = [p for p in model.parameters() if p.requires_grad]
    if callable(optimizer):
        kind = torch.optim.Optimizer
        return require_made("fit", optimizer, kind, parameters=parameters, lr=learning_rate)
    name, options = OPTIMIZERS[require_choice("fit", "optimizer", optimizer, OPTIMIZERS)]
    return getattr(torch.optim, name)(parameters, lr=learning_rate, **options)


def _name_of(choice: str | Callable) -> str:
    """Name a choice by a text that the same program gives in its next run too."""
    if isinstance(choice, str):
        return choice
    return getattr(choice, "__name__", None) or re.sub(r" at 0x\w+", "", repr(choice))
