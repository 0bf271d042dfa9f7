"""One training under way: its steps, and everything that a checkpoint of it holds."""

import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from course_lib.errors import InvalidValue
from course_lib.training.batches import (
    SINGLE_JOINS,
    batches,
    ends_in_single,
    num_steps_per_epoch,
)
from course_lib.training.checkpoints import save_checkpoint
from course_lib.training.devices import as_images, logits_of, on_device, output_of
from course_lib.training.history import History
from course_lib.training.inputs import TrainingSet, require_logits
from course_lib.training.interrupts import Interrupted, held_back
from course_lib.training.metrics import accuracy
from course_lib.training.schedules import Schedule

if TYPE_CHECKING:
    import torch

SECONDS_BETWEEN_CHECKPOINTS = 600.0  # what a crash may cost, within an epoch


class Run:
    """One training under way: everything a checkpoint holds."""

    def __init__(
        self,
        model: "torch.nn.Module",
        optimizer: "torch.optim.Optimizer",
        device: "torch.device",
        settings: dict[str, Any],
    ) -> None:
        self.model, self.optimizer, self.device = model, optimizer, device
        self.history = History(num_images=settings["num_images"])
        self.new_losses: list[torch.Tensor] = []  # on the device: fetching each would stall a GPU
        self.seconds_before = 0.0  # of this epoch, spent before the interruption
        self.epoch_start = time.perf_counter()
        num_images, batch_size = settings["num_images"], settings["batch_size"]
        self.merge = has_batch_norm(model) and ends_in_single(num_images, batch_size)
        self.steps = num_steps_per_epoch(num_images, batch_size, merge_single=self.merge)
        self.settings = settings | {"steps_per_epoch": self.steps}

    def try_other_size(self, dataset: TrainingSet) -> None:
        """Raise ValueError where the model does not take test images of another size."""
        if dataset.x_test.shape[1:] != dataset.x_train.shape[1:]:
            image = on_device(dataset.x_test[:1], self.device)
            require_logits(
                "fit", logits_of("fit", self.model, image, 1), self.settings["largest_label"]
            )

    def train(
        self,
        dataset: TrainingSet,
        schedule: Schedule,
        checkpoint: str | Path | None,
        progress: bool,
    ) -> None:
        """Take all steps that are left; Ctrl-C ends them between two, and what is done is saved."""
        if self.merge and progress:
            print(SINGLE_JOINS)
        self.epoch_start = time.perf_counter() - self.seconds_before
        with held_back() as raise_if_interrupted:
            try:
                self._take_steps(dataset, schedule, checkpoint, progress, raise_if_interrupted)
                raise_if_interrupted()
            except Interrupted:
                self._stop(checkpoint)
                raise

    def _take_steps(
        self,
        dataset: TrainingSet,
        schedule: Schedule,
        checkpoint: str | Path | None,
        progress: bool,
        before_step: Callable[[], None],
    ) -> None:
        epochs, steps, saved = self.settings["epochs"], self.steps, time.perf_counter()
        x = on_device(dataset.x_train, self.device)
        y = on_device(dataset.y_train, self.device)
        for _, step, picked in batches(
            len(x), batch_size=self.settings["batch_size"], epochs=epochs,
            seed=self.settings["seed"], start_step=self.steps_done, merge_single=self.merge,
        ):  # fmt: skip
            before_step()
            rate = self.settings["learning_rate"] * schedule(step / (epochs * steps))
            self._step(x[picked], y[picked], rate)
            if (step + 1) % steps == 0:
                self._finish_epoch(dataset)
                if progress:
                    print(self.history.line(epochs), flush=True)
            elif time.perf_counter() - saved < SECONDS_BETWEEN_CHECKPOINTS:
                continue
            if checkpoint is not None:
                save_checkpoint(checkpoint, self.state())
                saved = time.perf_counter()

    @property
    def steps_done(self) -> int:
        """Count the steps whose losses are known here or on the device."""
        return len(self.history.losses) + len(self.new_losses)

    def _stop(self, checkpoint: str | Path | None) -> None:
        total = self.settings["epochs"] * self.steps
        stopped = f"Stopped after step {self.steps_done} of {total}"
        if checkpoint is None:
            print(f"{stopped}; nothing is saved, as no checkpoint was given.")
            return
        save_checkpoint(checkpoint, self.state())
        print(
            f"{stopped}; saved in {checkpoint}. To go on, run the same again with resume=True "
            "(course train ... --resume)."
        )

    def _step(self, x: "torch.Tensor", y: "torch.Tensor", rate: float) -> None:
        from torch.nn.functional import cross_entropy

        for group in self.optimizer.param_groups:
            group["lr"] = rate
        logits = self._logits(x)
        require_logits("fit", logits, self.settings["largest_label"])
        loss = cross_entropy(logits, y.to(self.device))
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        self.new_losses.append(loss.detach())
        self.history.learning_rates.append(rate)

    def _logits(self, x: "torch.Tensor") -> "torch.Tensor":
        try:
            return output_of("fit", self.model, as_images(x, self.model))
        except ValueError as problem:
            if "Expected more than 1 value per channel" not in str(problem):
                raise
            raise InvalidValue(
                "fit", received=f"a batch of {len(x)} image, which leaves batch norm one value a "
                "channel", needed="at least two images a batch",
                fix="use batch_size=2 or more, or more images") from problem  # fmt: skip

    def _finish_epoch(self, dataset: TrainingSet) -> None:
        import torch

        self._collect_losses()
        logits = logits_of("fit", self.model, on_device(dataset.x_test, self.device), 256).cpu()
        target = on_device(dataset.y_test, logits.device)
        self.history.test_losses.append(
            float(torch.nn.functional.cross_entropy(logits, target).item())
        )
        predicted = logits.argmax(dim=1).numpy()
        self.history.test_accuracies.append(accuracy(predicted, dataset.y_test))
        now = time.perf_counter()
        self.history.seconds.append(now - self.epoch_start)
        self.epoch_start = now

    def _collect_losses(self) -> None:
        import torch

        if self.new_losses:
            self.history.losses += torch.stack(self.new_losses).tolist()
            self.new_losses = []

    def state(self) -> dict[str, Any]:
        """Gather what `restore` needs to go on as if nothing had happened."""
        import torch

        self._collect_losses()
        on_gpu = self.device.type == "cuda"
        return {
            "settings": self.settings,
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "history": asdict(self.history),
            "seconds_of_epoch": time.perf_counter() - self.epoch_start,
            "random": torch.get_rng_state(),
            "gpu_random": torch.cuda.get_rng_state(self.device) if on_gpu else None,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Take over a saved training, if it is this one."""
        import torch

        _require_training(state)
        self._require_settings(state)
        _require_network(self.model, state["model"])
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.history = History(**state["history"])
        self.seconds_before = state["seconds_of_epoch"]
        torch.set_rng_state(state["random"])
        if self.device.type == "cuda" and state["gpu_random"] is not None:
            torch.cuda.set_rng_state(state["gpu_random"], self.device)

    def _require_settings(self, state: dict[str, Any]) -> None:
        """Raise ValueError unless the settings are those of the checkpoint, epochs aside."""
        done = len(state["history"]["losses"])
        for name, value in self.settings.items():
            saved = state["settings"].get(name)
            # More epochs are no other training, and fewer neither where they are not done yet.
            goes_on = name == "epochs" and value * self.steps >= done
            if saved != value and not goes_on:
                raise InvalidValue(
                    "fit", received=f"{name}={value!r} and a checkpoint with {name}={saved!r}",
                    needed="the settings of the training that is resumed",
                    fix="use the same settings, or another checkpoint file")  # fmt: skip


def has_batch_norm(model: "torch.nn.Module") -> bool:
    """Tell whether some batch norm of the model is not frozen."""
    from torch.nn.modules.batchnorm import _BatchNorm

    return any(isinstance(layer, _BatchNorm) and layer.training for layer in model.modules())


def _require_training(state: dict[str, Any]) -> None:
    parts = ("settings", "model", "optimizer", "history", "seconds_of_epoch", "random")
    missing = [part for part in parts if part not in state]
    if missing:
        raise InvalidValue(
            "fit", received=f"a checkpoint without {', '.join(missing)}",
            needed="a checkpoint that `fit` has saved",
            fix="choose another checkpoint file, or resume=False")  # fmt: skip


def _require_network(model: "torch.nn.Module", saved: dict[str, Any]) -> None:
    """Raise ValueError, before anything is loaded, unless names and shapes are the model's."""
    own = {name: tuple(tensor.shape) for name, tensor in model.state_dict().items()}
    given = {name: tuple(tensor.shape) for name, tensor in saved.items()}
    for name in dict.fromkeys((*own, *given)):
        if own.get(name) != given.get(name):
            theirs, ours = (
                f"{name} {shapes[name]}" if name in shapes else f"no {name}"
                for shapes in (given, own)
            )
            raise InvalidValue(
                "fit", received=f"a checkpoint of another network: it has {theirs}, the model has "
                f"{ours}", needed="the network that was trained",
                fix="build the same network, or choose another checkpoint file")  # fmt: skip
