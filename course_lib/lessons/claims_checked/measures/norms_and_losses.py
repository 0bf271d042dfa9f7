"""Numbers on norms, shortcuts, pooling and losses."""

import numpy as np
import torch

from course_lib import numpy_ops
from course_lib.lessons.claims_checked.record import Measured
from course_lib.parity import relative_error


def without_eps() -> Measured:
    """Normalize a constant channel, without ε and with it."""
    x = np.ones((4, 1, 2, 2))
    with np.errstate(all="ignore"):
        typed = ((x - x.mean()) / x.std()).ravel()[0]
    y = numpy_ops.batch_norm(x, None, None, training=True).y.ravel()[0]
    return Measured(f"constant channel: without ε {typed}, with it {y:.0f}", bool(np.isnan(typed)))


def two_variances() -> Measured:
    """Ask which variance divides the batch, and which is kept."""
    x = np.random.default_rng(seed=0).standard_normal((4, 1, 1, 2))
    result = numpy_ops.batch_norm(
        x, np.zeros(1), np.ones(1), training=True, momentum=1.0, eps=1e-12
    )
    used, kept = (x.std() / result.y.std()) ** 2, result.running_var[0]
    text = f"8 numbers: kept / used = {kept / used:.3f} = 8/7"
    return Measured(text, np.isclose(kept / used, 8 / 7))


def group_parameters() -> Measured:
    """Count γ of six channels in two groups, and compare one group a channel with instance norm."""
    gammas = len(torch.nn.GroupNorm(2, 6).weight)
    x = np.random.default_rng(seed=0).standard_normal((2, 6, 3, 4))
    apart = relative_error(numpy_ops.group_norm(x, num_groups=6), numpy_ops.instance_norm(x))
    text = f"6 channels in 2 groups: {gammas} γ; groups of one channel: instance norm"
    return Measured(text, gammas == 6 and apart < 1e-12)


def group_alone() -> Measured:
    """Normalize an image alone and among others."""
    x = np.random.default_rng(seed=0).standard_normal((8, 4, 3, 3))
    alone, among = (numpy_ops.group_norm(part, num_groups=2)[:1] for part in (x[:1], x))
    batch_alone, batch_among = (
        numpy_ops.batch_norm(part, None, None, training=True).y[:1] for part in (x[:1], x)
    )
    moved, batch = relative_error(alone, among), relative_error(batch_alone, batch_among)
    text = f"alone or among 8: group norm differs by {moved:.0f}, batch norm by {batch:.1f}"
    return Measured(text, moved < 1e-12 and batch > 0.1)


def only_rises() -> Measured:
    """Send numbers through 20 blocks of each form, with He's weights."""
    rng = np.random.default_rng(seed=0)
    start = rng.standard_normal((64, 128))
    y, negative = start, []
    for _ in range(20):
        y = numpy_ops.relu(numpy_ops.linear(y, numpy_ops.he_normal((128, 128), generator=rng))) + y
        negative.append((y < 0).mean())
    text = (
        f"mean {abs(start.mean()):.1f} → {y.mean():.0e} in 20 blocks; negative {negative[-1]:.0%}"
    )
    return Measured(text.replace("e+0", "e"), bool(y.mean() > 100 and negative[-1] < 0.05))


def pooling_shift() -> Measured:
    """Shift noise by a pixel: max pooling by two, and the global mean."""
    x = np.random.default_rng(seed=0).random((1, 1, 32, 32))
    shifted = np.roll(x, 1, axis=3)
    pooled = [numpy_ops.max_pool2d(image, kernel_size=2) for image in (x, shifted)]
    means = [numpy_ops.global_avg_pool2d(image) for image in (x, shifted)]
    changed = (abs(pooled[0] - pooled[1]) > 1e-12).mean()
    text = f"after one pixel {changed:.0%} of the pooled numbers differ; the global mean does not"
    return Measured(text, changed > 0.4 and relative_error(*means) < 1e-12)


def global_pooling() -> Measured:
    """Pool maps of five channels."""
    shape = numpy_ops.global_avg_pool2d(np.ones((2, 5, 7, 7))).shape
    return Measured(f"(2, 5, 7, 7) → {shape}", shape == (2, 5))


def quarter() -> Measured:
    """Count the weights of a dense layer behind 16 maps, with pooling and without."""
    maps = np.ones((1, 16, 8, 8))
    pooled = numpy_ops.max_pool2d(maps, kernel_size=2)
    text = f"dense layer of 10 behind 16 maps: {10 * maps.size:,} → {10 * pooled.size:,} weights"
    return Measured(text, maps.size == 4 * pooled.size)


def naive_cross_entropy() -> Measured:
    """Type softmax and logarithm, and use the stable loss, on scores of 0 and 1000."""
    z, target = np.array([[1000.0, 0.0]], np.float32), np.array([1])
    with np.errstate(all="ignore"):
        typed = -np.log(np.exp(z) / np.exp(z).sum())[0, 1]
    loss = float(numpy_ops.cross_entropy(z, target))
    return Measured(f"scores 1000 and 0: typed {typed}, stable {loss:.0f}", not np.isfinite(typed))


def naive_bce() -> Measured:
    """Type the loss of a certain and wrong yes, and use the form from scores."""
    z, y = np.array([1000.0], np.float32), np.zeros(1, np.float32)
    with np.errstate(all="ignore"):
        p = 1 / (1 + np.exp(-z))
        typed = -(y * np.log(p) + (1 - y) * np.log(1 - p))[0]
    loss = float(numpy_ops.binary_cross_entropy_with_logits(z, y))
    return Measured(
        f"score 1000, truth no: typed {typed}, stable {loss:.0f}", not np.isfinite(typed)
    )


def focal() -> Measured:
    """Take the loss of a confident yes where the truth is no."""
    p, y = 0.9, np.zeros(1)
    typed = float((-((1 - p) ** 2) * y * np.log(p))[0])
    z = np.array([np.log(p / (1 - p))])
    right = float(numpy_ops.binary_focal_loss(z, y, gamma=2.0, alpha=None))
    return Measured(
        f"p = 0.9, truth no: as written {abs(typed):.0f}, right {right:.3f}", typed == 0 < right
    )
