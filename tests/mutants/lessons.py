"""Mistakes in what the lessons measure and train, and in how their exercises are found."""

from mutants import mutants_of

LESSONS = "course_lib/lessons"
TESTS = "tests/lessons"

MUTANTS = [
    *mutants_of(
        "course_lib/exercises/lookup.py",
        "tests/exercises/test_lookup.py",
        (
            "notebooks without exercises are listed",
            " for notebook, found in every.items() if found",
            " for notebook, found in every.items()",
        ),
        (
            "every notebook needs a lesson",
            "slug is None or find_spec(package) is None or find_spec(module) is None",
            "slug is None",
        ),
    ),
    *mutants_of(
        f"{LESSONS}/images_and_cnns/experiments.py",
        f"{TESTS}/images_and_cnns/test_experiments.py",
        (
            "pixels above one another",
            "image[:, :-distance], image[:, distance:]",
            "image[:-distance], image[distance:]",
        ),
        (
            "correlation is squared",
            "np.corrcoef(left.ravel(), right.ravel())[0, 1])",
            "np.corrcoef(left.ravel(), right.ravel())[0, 1] ** 2)",
        ),
    ),
    *mutants_of(
        f"{LESSONS}/activations/functions.py",
        f"{TESTS}/activations/test_functions.py",
        ("weights are no part of the slope", "np.cumprod(weight * slopes)", "np.cumprod(slopes)"),
        ("the fold is not turned down", "- 4 * numpy_ops.relu", "- 2 * numpy_ops.relu"),
    ),
    *mutants_of(
        f"{LESSONS}/activations/network.py",
        f"{TESTS}/activations/test_network.py",
        ("dead in one image is dead", "signal.amax(dim=(0, 2, 3))", "signal.amin(dim=(0, 2, 3))"),
        (
            "torch's own draws are taken",
            "    with torch.random.fork_rng(devices=[]):",
            "    if True:",
        ),
    ),
    *mutants_of(
        f"{LESSONS}/activations/experiments.py",
        f"{TESTS}/activations/test_experiments.py",
        ("the way back is not compared", ", relative_error(backward(grad_y, x), grad_x)]", "]"),
        ("black places count", "sums[sums != 0]", "sums"),
    ),
    *mutants_of(
        f"{LESSONS}/equivariance_and_invariance/experiments.py",
        f"{TESTS}/equivariance_and_invariance/test_experiments.py",
        ("the convolution meets zeros", 'np.pad(image, 1, mode="wrap")', "np.pad(image, 1)"),
        (
            "the blur meets zeros",
            '((0, 0), (0, 0), (2, 2), (2, 2)), mode="wrap")',
            "((0, 0), (0, 0), (2, 2), (2, 2)))",
        ),
        ("halved once", "HALVINGS[halving](HALVINGS[halving](conv))", "HALVINGS[halving](conv)"),
        (
            "part steps only rounded down",
            "({d // stride, -(-d // stride)} for d in shift)",
            "({d // stride} for d in shift)",
        ),
        ("the worse shift counts", "return min(moved,", "return max(moved,"),
    ),
    *mutants_of(
        f"{LESSONS}/kernels_and_feature_maps/experiments.py",
        f"{TESTS}/kernels_and_feature_maps/test_experiments.py",
        (
            "tested on what it was trained on",
            "standard[:, middle:], NUM_TEST",
            "standard[:, :middle], NUM_TEST",
        ),
        (
            "every seed is the first",
            "_learn_once(photo, seed, num_steps",
            "_learn_once(photo, seeds[0], num_steps",
        ),
        (
            "frozen kernels learn",
            "(net, x_train) if train_kernels else",
            "(net, x_train) if True else",
        ),
        (
            "a blur counts as straight",
            "centered = kernels - kernels.mean((-2, -1), keepdims=True)",
            "centered = kernels",
        ),
    ),
    *mutants_of(
        f"{LESSONS}/training_a_cnn/experiments.py",
        f"{TESTS}/training_a_cnn/test_experiments.py",
        ("threads do not come back", "        torch.set_num_threads(threads)\n", "        pass\n"),
        ("seconds an image", "num_images / seconds for", "seconds / num_images for"),
    ),
    *mutants_of(
        f"{LESSONS}/training_a_cnn/capstone.py",
        f"{TESTS}/training_a_cnn/test_capstone.py",
        ("a wrong part may train", "    if wrong:\n", "    if False:\n"),
        (
            "the package in place of the reader's",
            "own.get(part.name, part.package) for",
            "part.package for",
        ),
        ("an unwritten part counts as own", "if is_open(function):", "if function is None:"),
        ("the way back skips a ReLU", "parts.relu_backward(grad_h, kept.z1)", "grad_h"),
    ),
    *mutants_of(
        f"{LESSONS}/vanishing_gradients/network.py",
        f"{TESTS}/vanishing_gradients/test_network.py",
        (
            "the shortcut carries what batch norm sent back",
            "waiting = grad_u if _closes_block",
            "waiting = delta if _closes_block",
        ),
        (
            "what the shortcut carries is forgotten",
            "layers[number - 1].W + waiting",
            "layers[number - 1].W",
        ),
        (
            "the slope is taken at the sums, not at what is bent",
            "back(grad_h, kept.bent[number - 1])",
            "back(grad_h, kept.sums[number - 1])",
        ),
        (
            "the output layer starts as large as the hidden ones",
            "[scale] * depth + [1.0]",
            "[scale] * (depth + 1)",
        ),
    ),
    *mutants_of(
        f"{LESSONS}/vanishing_gradients/experiments.py",
        f"{TESTS}/vanishing_gradients/test_experiments.py",
        ("a rate that gives NaN is the best", "nan=np.inf", "nan=0.0"),
        (
            "heat maps hold the output layer",
            "np.log10(fresh.gradients[:-1])",
            "np.log10(fresh.gradients[1:])",
        ),
    ),
    *mutants_of(
        f"{LESSONS}/losses/experiments.py",
        f"{TESTS}/losses/test_experiments.py",
        ("the weight on the wrong side", "return no / (yes + no)", "return yes / (yes + no)"),
        ("precision over all answers", "precision[hits].mean()", "precision.mean()"),
        (
            "bins count alike",
            "np.average(abs(said - came_true), weights=count)",
            "np.average(abs(said - came_true))",
        ),
    ),
    *mutants_of(
        f"{LESSONS}/volumes_3d/volumes.py",
        f"{TESTS}/volumes_3d/test_volumes.py",
        ("what both have counts once", "2 * (marks & truth).sum()", "(marks & truth).sum()"),
        (
            "vessels are darker than nodules",
            "0.25 + 0.5 * (tissue > 0)",
            "0.25 + 0.25 * tissue",
        ),
    ),
    *mutants_of(
        f"{LESSONS}/volumes_3d/networks.py",
        f"{TESTS}/volumes_3d/test_networks.py",
        ("in and out exchanged", "(size**2 * before + time * after)", "(size**2 * after + time)"),
        ("3-D kernels see one frame", '1 if kind == "per frame" else 3', "1"),
    ),
    *mutants_of(
        f"{LESSONS}/volumes_3d/experiments.py",
        f"{TESTS}/volumes_3d/test_experiments.py",
        ("weights count as kept", "not in weights:", "is not None:"),
        ("a late clip does not rest first", "first.repeat(before", "first.repeat(0 * before"),
    ),
    *mutants_of(
        f"{LESSONS}/claims_checked/measures/learning.py",
        f"{TESTS}/claims_checked/test_measures.py",
        ("the true slope lacks the input", "np.prod(weights[1:]) * x *", "np.prod(weights[1:]) *"),
        ("AlexNet's kernels are small", "(96, 3, 11, 11)", "(96, 96, 3, 3)"),
    ),
    *mutants_of(
        f"{LESSONS}/claims_checked/live.py",
        f"{TESTS}/claims_checked/test_live.py",
        ("the topic does not choose", '(topics == state["topic"]) | ', "(topics != ALL) | "),
    ),
    *mutants_of(
        "course_lib/datasets/moving_digits.py",
        "tests/datasets/test_loading.py",
        ("digits move the other way", "first + step *", "first - step *"),
        (
            "every digit starts at the corner",
            "rng.integers(0, size, (count, 1, 2))",
            "0 * rng.integers(0, size, (count, 1, 2))",
        ),
    ),
]
