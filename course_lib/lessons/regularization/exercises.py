"""Exercises of notebook 15: regularization."""

import numpy as np
from numpy.typing import NDArray

from course_lib.exercises.record import Case, Exercise

# 15.spatial


def spatial(x: NDArray, chances: NDArray, p: float) -> NDArray:
    """Keep a map where its chance is at least p, and divide what is kept by 1 − p."""
    return x * (chances >= p)[:, :, None, None] / (1 - p)


def spatial_not_scaled(x: NDArray, chances: NDArray, p: float) -> NDArray:
    """Forget to make up for what is dropped."""
    return x * (chances >= p)[:, :, None, None]


def spatial_scaled_by_p(x: NDArray, chances: NDArray, p: float) -> NDArray:
    """Divide by the share that is dropped."""
    return x * (chances >= p)[:, :, None, None] / p


def spatial_shrunk(x: NDArray, chances: NDArray, p: float) -> NDArray:
    """Multiply by 1 − p, which the original form does after training."""
    return x * (chances >= p)[:, :, None, None] * (1 - p)


def spatial_kept_with_p(x: NDArray, chances: NDArray, p: float) -> NDArray:
    """Take p for the share that is kept."""
    return x * (chances < p)[:, :, None, None] / (1 - p)


def spatial_same_for_all_images(x: NDArray, chances: NDArray, p: float) -> NDArray:
    """Use the mask of the first image for the whole batch."""
    return x * (chances[:1] >= p)[:, :, None, None] / (1 - p)


def spatial_whole_images(x: NDArray, chances: NDArray, p: float) -> NDArray:
    """Drop all maps of an image together."""
    return x * (chances[:, :1] >= p)[:, :, None, None] / (1 - p)


def spatial_cases() -> tuple[Case, ...]:
    """Make two images of two maps to try by hand, then larger ones."""
    rng = np.random.default_rng(seed=15)
    by_hand = np.array([[[[1.0, 2.0]], [[3.0, 4.0]]], [[[5.0, 6.0]], [[7.0, 8.0]]]])
    sizes = [((2, 3, 4, 5), 0.4), ((3, 5, 2, 3), 0.1), ((1, 4, 3, 2), 0.6)]
    return (
        Case(
            "two images of two maps, p = 0.2", (by_hand, np.array([[0.9, 0.1], [0.15, 0.2]]), 0.2)
        ),
        *(
            Case(f"{shape}, p = {p}", (rng.standard_normal(shape), rng.random(shape[:2]), p))
            for shape, p in sizes
        ),
    )


# 15.monte_carlo


def _softmax(z: NDArray) -> NDArray:
    powers = np.exp(z - z.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def monte_carlo(x: NDArray, weight: NDArray, masks: NDArray, p: float) -> NDArray:
    """Give the mean of the probabilities over all masks."""
    z = (x * masks / (1 - p)) @ weight.T
    powers = np.exp(z - z.max(axis=1, keepdims=True))
    return (powers / powers.sum(axis=1, keepdims=True)).mean(axis=0)


def monte_carlo_of_scores(x: NDArray, weight: NDArray, masks: NDArray, p: float) -> NDArray:
    """Average the scores, and then make one probability of them."""
    return _softmax(((x * masks / (1 - p)) @ weight.T).mean(axis=0))


def monte_carlo_without_dropout(x: NDArray, weight: NDArray, masks: NDArray, p: float) -> NDArray:
    """Ask the network once, with nothing dropped."""
    return _softmax(x @ weight.T)


def monte_carlo_not_scaled(x: NDArray, weight: NDArray, masks: NDArray, p: float) -> NDArray:
    """Forget to divide by 1 − p."""
    return _softmax((x * masks) @ weight.T).mean(axis=0)


def monte_carlo_last(x: NDArray, weight: NDArray, masks: NDArray, p: float) -> NDArray:
    """Keep the answer of the last mask only."""
    return _softmax((x * masks[-1] / (1 - p)) @ weight.T)


def monte_carlo_over_masks(x: NDArray, weight: NDArray, masks: NDArray, p: float) -> NDArray:
    """Let the masks of a class share out the whole, where the classes of a mask should."""
    return _softmax(((x * masks / (1 - p)) @ weight.T).T).mean(axis=1)


def monte_carlo_votes(x: NDArray, weight: NDArray, masks: NDArray, p: float) -> NDArray:
    """Count for which class each mask votes."""
    z = (x * masks / (1 - p)) @ weight.T
    return np.eye(len(weight))[z.argmax(axis=1)].mean(axis=0)


def monte_carlo_cases() -> tuple[Case, ...]:
    """Make two inputs, three classes and two masks to try by hand, then larger ones."""
    rng = np.random.default_rng(seed=16)
    by_hand = (
        np.array([1.0, 2.0]), np.array([[1.0, 0.0], [0.0, 1.0], [0.5, -0.5]]),
        np.array([[True, True], [True, False]]), 0.5,
    )  # fmt: skip
    sizes = [(3, 4, 5, 0.25), (6, 2, 3, 0.5), (4, 5, 7, 0.4)]
    return (
        Case("two inputs, three classes, two masks", by_hand),
        *(
            Case(
                f"{d} inputs, {c} classes, {masks} masks",
                (
                    rng.standard_normal(d), rng.standard_normal((c, d)),
                    rng.random((masks, d)) >= p, p,
                ),
            )
            for d, c, masks, p in sizes
        ),
    )  # fmt: skip


# 15.patience


def stop_at(losses: list[float], patience: int) -> tuple[int, int]:
    """Stop when the lowest loss is `patience` looks old; keep the look of the lowest."""
    best = 0
    for look, loss in enumerate(losses):
        if loss < losses[best]:
            best = look
        if look - best == patience:
            return look, best
    return len(losses) - 1, best


def stop_at_keeps_last(losses: list[float], patience: int) -> tuple[int, int]:
    """Keep the weights at which training stops."""
    look, _ = stop_at(losses, patience)
    return look, look


def stop_at_any_rise(losses: list[float], patience: int) -> tuple[int, int]:
    """Count looks that are worse than the one before, not worse than the best."""
    best, rises = 0, 0
    for look in range(1, len(losses)):
        best = look if losses[look] < losses[best] else best
        rises = rises + 1 if losses[look] >= losses[look - 1] else 0
        if rises == patience:
            return look, best
    return len(losses) - 1, best


def stop_at_never_reset(losses: list[float], patience: int) -> tuple[int, int]:
    """Never start counting anew after a new best."""
    best, waited = 0, 0
    for look in range(1, len(losses)):
        if losses[look] < losses[best]:
            best = look
        else:
            waited += 1
        if waited == patience:
            return look, best
    return len(losses) - 1, best


def stop_at_one_late(losses: list[float], patience: int) -> tuple[int, int]:
    """Wait one look longer."""
    return stop_at(losses, patience + 1)


def stop_at_whole_run(losses: list[float], patience: int) -> tuple[int, int]:
    """Look for the lowest loss of the whole training, which nobody knows yet."""
    best = int(np.argmin(losses))
    return min(best + patience, len(losses) - 1), best


LOSSES = [5.0, 4.0, 4.5, 3.0, 3.5, 3.2, 3.4, 3.3, 1.0, 2.0, 1.5, 2.0, 1.8]

EXERCISES = [
    Exercise(
        id="15.design",
        prompt="You have 300 photographs of street signs, among them 'left turn only' and 'right "
        "turn only', in sunshine and in rain, some a little tilted. Which augmentation hurts?",
        solution="b",
        choices={
            "a": "Move each photograph by up to a tenth of its width.",
            "b": "Mirror every second photograph, left for right.",
            "c": "Turn each photograph by up to 5 degrees.",
            "d": "Make each photograph darker or brighter by up to a third.",
        },
        why="Mirrored, 'left turn only' looks like 'right turn only' and keeps its old label: we "
        "would teach a falsehood. The others change what does not change the sign.",
        hints=(
            "Augmentation says: this change leaves the label as it is. Of which is that false?",
            "Think of the two signs that are named.",
        ),
        near_misses={"moving": "a", "turning a little": "c", "light": "d"},
    ),
    Exercise(
        id="15.variance",
        prompt="A unit adds up two inputs, 3 with weight 2 and 4 with weight 1, after dropout with "
        "p = 0.2. What is the variance of its output?",
        solution=13,
        why="Each input adds p/(1 − p) · w² x², and p/(1 − p) is ¼: ¼ · 36 + ¼ · 16 = 9 + 4 = 13. "
        "The inputs are dropped independently, so their variances add.",
        hints=(
            "p/(1 − p) comes first: what is it for p = 0.2?",
            "Each term w·x has a variance of its own, and independent variances add.",
            "¼ · (2·3)² + ¼ · (1·4)².",
        ),
        near_misses={
            "the standard deviation": 3.605551275463989,
            "p(1 − p), without what scaling does": 8.32,
            "variance of the whole sum dropped at once": 25,
            "p for the share kept": 208,
            "weights not squared": 8.5,
            "the mean": 10,
            "divided by 1 − p only": 65,
        },
    ),
    Exercise(
        id="15.spatial",
        prompt="Write spatial(x, chances, p): dropout of whole maps of x (N, C, H, W). Map c of "
        "image n is kept where chances[n, c] is at least p; what is kept is scaled up.",
        solution=spatial,
        cases=spatial_cases(),
        hints=(
            "chances >= p is a mask of shape (N, C). Which shape multiplies x (N, C, H, W)?",
            "Two new axes: mask[:, :, None, None].",
            "The share 1 − p is kept, so divide by it.",
        ),
        near_misses={
            "not scaled": spatial_not_scaled,
            "divided by p": spatial_scaled_by_p,
            "multiplied by 1 − p": spatial_shrunk,
            "kept with probability p": spatial_kept_with_p,
            "one mask for all images": spatial_same_for_all_images,
            "whole images dropped": spatial_whole_images,
        },
    ),
    Exercise(
        id="15.monte_carlo",
        prompt="Write monte_carlo(x, weight, masks, p): dropout on x (D,), scores by weight "
        "(C, D), then softmax, for each of the masks (M, D). Return the mean probabilities (C,).",
        solution=monte_carlo,
        cases=monte_carlo_cases(),
        hints=(
            "x * masks / (1 - p) has the shape (M, D): one thinned input a mask.",
            "Scores (M, C): multiply by weight.T. Softmax goes along the classes, axis 1.",
            "Average last: the mean of the probabilities, over axis 0.",
        ),
        near_misses={
            "scores averaged, then softmax": monte_carlo_of_scores,
            "no dropout at all": monte_carlo_without_dropout,
            "not scaled": monte_carlo_not_scaled,
            "the last mask only": monte_carlo_last,
            "softmax along the masks": monte_carlo_over_masks,
            "votes counted": monte_carlo_votes,
        },
    ),
    Exercise(
        id="15.patience",
        prompt="Write stop_at(losses, patience): stop at the first look at which the lowest loss "
        "is `patience` looks old, or at the last. Return (where it stops, which look it keeps).",
        solution=stop_at,
        cases=(
            Case("13 looks, patience 3", (LOSSES, 3)),
            Case("a single dip, patience 2", ([3.0, 2.0, 2.5, 2.2, 1.0, 1.5], 2)),
            Case("always better, patience 2", ([4.0, 3.0, 2.0, 1.0], 2)),
            Case("a long plateau, patience 1", ([2.0, 1.0, 1.0, 0.5], 1)),
        ),
        hints=(
            "Go through the losses and remember the look of the lowest so far.",
            "How old is it? look − best.",
            "Return both: the look at which that reaches the patience, and best.",
        ),
        near_misses={
            "keeps the last weights": stop_at_keeps_last,
            "waits for rises in a row": stop_at_any_rise,
            "never begins to count anew": stop_at_never_reset,
            "one look too late": stop_at_one_late,
            "knows the future": stop_at_whole_run,
        },
    ),
    Exercise(
        id="15.why",
        prompt="The validation loss rises from step 120 on, and the share of validation images "
        "that are read right rises too. How can that be?",
        solution="d",
        choices={
            "a": "The loss is computed with dropout, the share without.",
            "b": "The learning rate is too large, so the weights overshoot.",
            "c": "There is a mistake: a rising loss means more wrong answers.",
            "d": "Wrong answers are given with ever more certainty, and cost ever more.",
        },
        why="Cross-entropy is −log p of the truth, without a limit: a few wrong answers of great "
        "certainty outweigh many that have just become right. The share counts each once.",
        hints=(
            "What does cross-entropy charge for p = 0.1 of the truth, and for p = 0.001?",
            "The share of right answers asks for the largest p only, not for its size.",
        ),
        near_misses={"dropout": "a", "overshooting": "b", "loss and share are one": "c"},
    ),
]
