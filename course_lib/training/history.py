"""What a training run leaves behind."""

from dataclasses import dataclass, field

import numpy as np


@dataclass
class History:
    """The course of a training, from its first step, also after a resume.

    Attributes
    ----------
    losses : list of float
        Loss of every batch before its step, in nats.
    learning_rates : list of float
        Rate used at every step.
    test_losses, test_accuracies : list of float
        On the whole test set after every epoch; nats and a share from 0 to 1.
    seconds : list of float
        Time of every epoch, test included.
    num_images : int
        Training images in one epoch.
    """

    losses: list[float] = field(default_factory=list)
    learning_rates: list[float] = field(default_factory=list)
    test_losses: list[float] = field(default_factory=list)
    test_accuracies: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    num_images: int = 0

    def train_losses(self) -> list[float]:
        """Average the losses of every finished epoch.

        Examples
        --------
        >>> History(losses=[4.0, 2.0, 1.0, 1.0], seconds=[0.5, 0.5]).train_losses()
        [3.0, 1.0]
        """
        epochs = len(self.seconds)
        per_epoch = len(self.losses) // max(epochs, 1)
        return [
            float(np.mean(self.losses[e * per_epoch : (e + 1) * per_epoch])) for e in range(epochs)
        ]

    def line(self, epochs: int) -> str:
        """Say in one line how the latest epoch went."""
        return (
            f"epoch {len(self.seconds)}/{epochs}  loss {self.train_losses()[-1]:.4f}  "
            f"test loss {self.test_losses[-1]:.4f}  "
            f"test accuracy {self.test_accuracies[-1]:.4f}  {self.seconds[-1]:.1f} s"
        )
