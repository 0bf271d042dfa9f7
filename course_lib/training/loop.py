"""The training loop for PyTorch networks, on the CPU or a GPU."""

import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from course_lib.checks import require_choice, require_flag, require_int, require_output_file
from course_lib.errors import InvalidValue
from course_lib.training.batches import (
    batches,
    num_steps_per_epoch,
    require_logits,
    require_training_set,
)
from course_lib.training.checkpoints import load_checkpoint, save_checkpoint
from course_lib.training.devices import as_images, find_device, logits_of, on_device
from course_lib.training.history import History
from course_lib.training.metrics import accuracy
from course_lib.training.schedules import Schedule, find_schedule

if TYPE_CHECKING:
    import torch

OPTIMIZERS: dict[str, tuple[str, dict[str, Any]]] = {
    "sgd": ("SGD", {}),
    "momentum": ("SGD", {"momentum": 0.9}),
    "nesterov": ("SGD", {"momentum": 0.9, "nesterov": True}),
    "adam": ("Adam", {}),
}
SECONDS_BETWEEN_CHECKPOINTS = 600.0  # what a crash may cost, within an epoch


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
        Has x_train, y_train, x_test and y_test; uint8 images are divided by 255.
    epochs, batch_size : int
        Passes over the training set, and images a step. The last batch of an epoch may be
        smaller.
    optimizer : {"sgd", "momentum", "nesterov", "adam"} or callable
        Momentum is 0.9. A callable gets (parameters, lr=...).
    learning_rate : float
        Rate at which the schedule is 1.
    schedule : {"constant", "linear", "cosine", "one_cycle"} or callable, default="constant"
        Gives the share of the rate when a share from 0 to 1 of all steps is done.
    device : str, default="auto"
        "cpu", "cuda", "cuda:1"...; "auto" is the GPU if PyTorch finds one.
    seed : int
        Chooses the order of the images and, through torch's generators, dropout. The caller's
        own random state is left as it was.
    checkpoint : str or Path, default=None
        File to save the whole training in, after every epoch and every ten minutes.
    resume : bool, default=False
        Go on from `checkpoint` if it is there; the numbers come out as if never interrupted.
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
        not there, or the checkpoint is damaged or of another training.

    Notes
    -----
    Test results are for looking on. To choose settings by them, give a validation set as
    x_test and keep the real test set for the end.
    """
    import torch

    require_training_set("fit", dataset, epochs=epochs, batch_size=batch_size)
    require_int("fit", "seed", seed, minimum=0)
    require_flag("fit", "resume", resume)
    _require_trainable(model, resume, checkpoint)
    place = find_device(device)
    settings = {
        "epochs": epochs, "batch_size": batch_size, "optimizer": _name_of(optimizer),
        "learning_rate": float(learning_rate), "schedule": _name_of(schedule), "seed": seed,
        "num_images": len(dataset.x_train),
        "largest_label": int(max(dataset.y_train.max(), dataset.y_test.max())),
    }  # fmt: skip
    gpus = [place] if place.type == "cuda" else []
    with torch.random.fork_rng(devices=gpus):
        torch.manual_seed(seed)
        model.to(place)
        if not model.training:
            model.train()  # else each layer keeps its mode: those in eval mode are frozen
        run = _Run(model, _make_optimizer(optimizer, model, learning_rate), place, settings)
        if resume and Path(checkpoint).exists():
            run.restore(load_checkpoint(checkpoint))
        run.train(dataset, find_schedule("fit", schedule), checkpoint, progress)
    return run.history


class _Run:
    """One training under way: everything a checkpoint holds."""

    def __init__(
        self,
        model: "torch.nn.Module",
        optimizer: "torch.optim.Optimizer",
        device: "torch.device",
        settings: dict[str, Any],
    ) -> None:
        self.model, self.optimizer, self.device = model, optimizer, device
        self.settings = settings
        self.history = History(num_images=settings["num_images"])
        self.new_losses: list[torch.Tensor] = []  # on the device: fetching each would stall a GPU
        self.seconds_before = 0.0  # of this epoch, spent before the interruption

    def train(
        self, dataset: Any, schedule: Schedule, checkpoint: str | Path | None, progress: bool
    ) -> None:
        """Take all steps that are left."""
        epochs, batch_size = self.settings["epochs"], self.settings["batch_size"]
        steps = num_steps_per_epoch(len(dataset.x_train), batch_size)
        x = on_device(dataset.x_train, self.device)
        y = on_device(dataset.y_train.astype("int64"), self.device)
        epoch_start = saved = time.perf_counter()
        epoch_start -= self.seconds_before
        for _, step, picked in batches(
            len(x),
            batch_size=batch_size,
            epochs=epochs,
            seed=self.settings["seed"],
            start_step=len(self.history.losses),
        ):
            rate = self.settings["learning_rate"] * schedule(step / (epochs * steps))
            self._step(x[picked], y[picked], rate)
            now = time.perf_counter()
            if (step + 1) % steps == 0:
                self._finish_epoch(dataset, epoch_start)
                epoch_start = time.perf_counter()
                if progress:
                    print(self.history.line(epochs))
            elif now - saved < SECONDS_BETWEEN_CHECKPOINTS:
                continue
            if checkpoint is not None:
                save_checkpoint(checkpoint, self.state(time.perf_counter() - epoch_start))
                saved = time.perf_counter()

    def _step(self, x: "torch.Tensor", y: "torch.Tensor", rate: float) -> None:
        from torch.nn.functional import cross_entropy

        for group in self.optimizer.param_groups:
            group["lr"] = rate
        logits = self.model(as_images(x, self.model))
        require_logits("fit", logits, self.settings["largest_label"])
        loss = cross_entropy(logits, y.to(self.device))
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        self.new_losses.append(loss.detach())
        self.history.learning_rates.append(rate)

    def _finish_epoch(self, dataset: Any, epoch_start: float) -> None:
        import torch

        self._collect_losses()
        logits = logits_of(self.model, on_device(dataset.x_test, self.device), 256).cpu()
        target = on_device(dataset.y_test.astype("int64"), logits.device)
        self.history.test_losses.append(
            float(torch.nn.functional.cross_entropy(logits, target).item())
        )
        predicted = logits.argmax(dim=1).numpy()
        self.history.test_accuracies.append(accuracy(predicted, dataset.y_test))
        self.history.seconds.append(time.perf_counter() - epoch_start)

    def _collect_losses(self) -> None:
        import torch

        if self.new_losses:
            self.history.losses += torch.stack(self.new_losses).tolist()
            self.new_losses = []

    def state(self, seconds_of_epoch: float) -> dict[str, Any]:
        """Gather what `restore` needs to go on as if nothing had happened."""
        import torch

        self._collect_losses()
        on_gpu = self.device.type == "cuda"
        return {
            "settings": self.settings,
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "history": asdict(self.history),
            "seconds_of_epoch": seconds_of_epoch,
            "random": torch.get_rng_state(),
            "gpu_random": torch.cuda.get_rng_state(self.device) if on_gpu else None,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Take over a saved training, if it is this one."""
        import torch

        for name, value in self.settings.items():
            if state["settings"].get(name) != value:
                raise InvalidValue(
                    "fit", received=f"{name}={value!r} and a checkpoint with "
                    f"{name}={state['settings'].get(name)!r}",
                    needed="the settings of the training that is resumed",
                    fix="use the same settings, or another checkpoint file")  # fmt: skip
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.history = History(**state["history"])
        self.seconds_before = state["seconds_of_epoch"]
        torch.set_rng_state(state["random"])
        if self.device.type == "cuda" and state["gpu_random"] is not None:
            torch.cuda.set_rng_state(state["gpu_random"], self.device)


def _require_trainable(
    model: "torch.nn.Module", resume: bool, checkpoint: str | Path | None
) -> None:
    if not any(p.requires_grad for p in model.parameters()):
        raise InvalidValue(
            "fit", received="a model without any parameter to train",
            needed="at least one parameter with requires_grad",
            fix="give the model a layer with weights")  # fmt: skip
    if resume and checkpoint is None:
        raise InvalidValue(
            "fit", received="resume=True without a checkpoint", needed="the file to resume from",
            fix="pass checkpoint=...")  # fmt: skip
    if checkpoint is not None:
        require_output_file("fit", "checkpoint", Path(checkpoint))


def _make_optimizer(
    optimizer: "str | Callable[..., torch.optim.Optimizer]",
    model: "torch.nn.Module",
    learning_rate: float,
) -> "torch.optim.Optimizer":
    import torch

    parameters = [p for p in model.parameters() if p.requires_grad]
    if callable(optimizer):
        return optimizer(parameters, lr=learning_rate)
    name, options = OPTIMIZERS[require_choice("fit", "optimizer", optimizer, OPTIMIZERS)]
    return getattr(torch.optim, name)(parameters, lr=learning_rate, **options)


def _name_of(choice: str | Callable) -> str:
    return choice if isinstance(choice, str) else getattr(choice, "__name__", repr(choice))
