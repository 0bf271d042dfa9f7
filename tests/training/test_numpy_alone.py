"""LeNet-5 trains where torch cannot even be imported."""

import subprocess
import sys

PROGRAM = """
import sys


class NoTorch:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "torch":
            raise ImportError("there is no torch here")


sys.meta_path.insert(0, NoTorch())

import numpy as np
from course_lib import datasets, training
from course_lib.numpy_nn import Conv2d, Flatten, Linear, MaxPool2d, ReLU, Sequential

rng = np.random.default_rng(seed=0)
lenet = Sequential(
    Conv2d(1, 6, 5, padding=2, generator=rng), ReLU(), MaxPool2d(2),
    Conv2d(6, 16, 5, generator=rng), ReLU(), MaxPool2d(2), Flatten(),
    Linear(400, 120, generator=rng), ReLU(), Linear(120, 84, generator=rng), ReLU(),
    Linear(84, 10, generator=rng),
)
assert sum(p.data.size for p in lenet.parameters()) == 61_706
data = datasets.load("shifted_digits", num_train=400, num_test=100, test_shift=0, train_shift=0)
history = training.fit_numpy(
    lenet, data, epochs=4, batch_size=20, optimizer="adam", learning_rate=0.002, seed=0,
    progress=False,
)
print(history.test_accuracies[-1])
"""


def test_lenet5_trains_in_numpy_alone():
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert float(done.stdout) > 0.6  # chance is 0.1
