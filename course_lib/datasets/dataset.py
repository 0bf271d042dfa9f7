"""What every data set of the course looks like."""

from dataclasses import dataclass

from numpy.typing import NDArray


@dataclass(frozen=True, eq=False, repr=False)
class Dataset:
    """Images and labels, split into a part to learn from and a part to be judged by.

    Attributes
    ----------
    x_train, x_test : (N, C, H, W) or (N, C, L) or (N, C, frames, H, W)
        Images or videos, float32 from 0 to 1, or signals, float32; channels first.
    y_train, y_test : (N,)
        Labels, int64 from 0 to the number of classes less one.
    class_names : tuple of str
        The name of each label.
    source : str
        Where the images come from.
    licence : str
        What one may do with them.
    """

    x_train: NDArray
    y_train: NDArray
    x_test: NDArray
    y_test: NDArray
    class_names: tuple[str, ...]
    source: str
    licence: str

    @property
    def num_classes(self) -> int:
        """Number of classes."""
        return len(self.class_names)

    def __repr__(self) -> str:
        """Say the sizes, not the numbers."""
        kind = {3: "signals", 5: "videos"}.get(self.x_train.ndim, "images")
        return (
            f"Dataset({len(self.y_train)} training and {len(self.y_test)} test {kind} "
            f"{self.x_train.shape[1:]}, {self.num_classes} classes)"
        )
