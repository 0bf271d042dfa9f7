"""Training: one loop for PyTorch on any device, the same loop in NumPy, and what they leave."""

from course_lib.training.batches import batches
from course_lib.training.checkpoints import load_checkpoint, save_checkpoint
from course_lib.training.devices import find_device, predict
from course_lib.training.history import History
from course_lib.training.loop import fit
from course_lib.training.metrics import accuracy, confusion_matrix
from course_lib.training.numpy_loop import fit_numpy, predict_numpy, training_step
from course_lib.training.repeats import accuracies_of, mean_std, train_on_seeds

__all__ = [
    "History",
    "accuracies_of",
    "accuracy",
    "batches",
    "confusion_matrix",
    "find_device",
    "fit",
    "fit_numpy",
    "load_checkpoint",
    "mean_std",
    "predict",
    "predict_numpy",
    "save_checkpoint",
    "train_on_seeds",
    "training_step",
]
