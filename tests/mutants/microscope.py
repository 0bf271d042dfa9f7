"""Mistakes in the microscope, and in the live figures of five lessons."""

from mutants import mutants_of

LIVE = "course_lib/live"
LESSONS = "course_lib/lessons"
FIGURES = "tests/browser/test_live_figures.py -k"
PAGE = "tests/browser/test_microscope.py -k"

MUTANTS = [
    *mutants_of(
        f"{LIVE}/ink.js",
        f"{PAGE} 'centering or drawings'",
        ("the box is in the middle, not the mass", "down += value * i;", "down += i;"),
        ("one pixel too small", "(1 + Math.max(bottom - top", "(Math.max(bottom - top"),
        (
            "digits of half a pixel beside",
            "[(s - 1) / 2, (s - 1) / 2], step, pad",
            "[s / 2, s / 2], step, pad",
        ),
    ),
    *mutants_of(
        f"{LIVE}/ink.py",
        "tests/live/test_ink.py",
        (
            "the box is in the middle, not the mass",
            "ink.sum(axis=1 - axis)",
            "(ink > DARK).sum(axis=1 - axis)",
        ),
        (
            "a drawing may stick out",
            "np.clip(mass, inked.max() + 0.5 - half, inked.min() - 0.5 + half)",
            "mass",
        ),
    ),
    *mutants_of(
        f"{LIVE}/microscope.js",
        f"{FIGURES} 'live-microscope and numbers'",
        (
            "never centered",
            "isCentered ? centered(read({ ink }), size, fill) : resized(read({ ink }), size)",
            "resized(read({ ink }), size)",
        ),
        ("loss of the first class", "[state.classes.indexOf(state.target)]", "[0]"),
    ),
    *mutants_of(
        f"{LIVE}/microscope.js",
        f"{PAGE} 'learns'",
        (
            "reset keeps the trained network",
            "figure.set({ network: original });",
            "figure.set({});",
        ),
        (
            "training is not kept",
            "made.set(own, trained);\n      figure.set({ network: own });",
            "made.set(own, trained);",
        ),
    ),
    *mutants_of(
        f"{LIVE}/microscope.js",
        f"{PAGE} 'not_sure'",
        ("sure of every guess", "probabilities.data[best] < 0.5", "false"),
    ),
    *mutants_of(
        f"{LIVE}/microscope_story.js",
        f"{FIGURES} 'live-microscope and numbers'",
        (
            "kernel of another filter",
            "const first = (o * C + c) * K_h * K_w;",
            "const first = c * K_h * K_w;",
        ),
        ("window without padding", "row * stride[0] - padding[0]", "row * stride[0]"),
    ),
    *mutants_of(
        f"{LIVE}/microscope_training.js",
        f"{PAGE} 'fifty or learns'",
        (
            "the same samples always",
            "data.subarray(from * each, (from + 1) * each)",
            "data.subarray(0, each)",
        ),
        (
            "labels of other digits",
            "places.map((k) => digits.train.labels[k])",
            "places.map((_, k) => digits.train.labels[k])",
        ),
    ),
    *mutants_of(
        f"{LIVE}/torch_network.py",
        "tests/live/test_microscope.py -k 'torch or refused'",
        ("branches pass for a chain", "inputs != ([] if before is None else [before])", "False"),
        (
            "affine parts forgotten",
            'options |= {"affine": module.weight is not None}',
            'options |= {"affine": False}',
        ),
    ),
    *mutants_of(
        f"{LESSONS}/receptive_fields/live/receptive_field.js",
        f"{FIGURES} 'receptive_field and numbers'",
        ("unit before the nearest", "/ jump + 0.5)", "/ jump)"),
        ("field without padding", "index * jump - padding", "index * jump"),
    ),
    *mutants_of(
        f"{LESSONS}/convolutional_layer/live/im2col.js",
        f"{FIGURES} 'im2col and numbers'",
        (
            "columns without stride",
            "Math.floor(at / width) * stride + u",
            "Math.floor(at / width) + u",
        ),
        ("place outside the output", "clamp(state.row, 0, rows - 1)", "state.row"),
    ),
    *mutants_of(
        f"{LESSONS}/equivariance_and_invariance/live/shift.js",
        f"{FIGURES} 'shift and numbers'",
        ("zeros come in at the sides", "((i + H - 1) % H)", "Math.max(i - 1, 0)"),
        ("the nearer shift below alone", "Math.ceil(shift / stride)", "Math.floor(shift / stride)"),
    ),
    *mutants_of(
        f"{LESSONS}/images_and_cnns/live/layer_costs.js",
        f"{FIGURES} 'layer_costs and numbers'",
        ("biases forgotten", "filters * (window + 1)", "filters * window"),
    ),
    *mutants_of(
        f"{LESSONS}/training_a_cnn/live/learning_curves.js",
        f"{FIGURES} 'learning_curves and numbers'",
        ("an average of one step more", "Math.max(0, k - width + 1)", "Math.max(0, k - width)"),
    ),
]
