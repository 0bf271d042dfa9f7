"""Mistakes in the NumPy layers, containers and optimizers, beside those in `networks`."""

from mutants import mutants_of

LAYERS = "tests/numpy_nn/test_layers.py"
NETWORKS = "tests/numpy_nn/test_networks.py"
OPTIMIZERS = "tests/numpy_nn/test_optimizers.py"

MUTANTS = [
    *mutants_of(
        "course_lib/numpy_nn/normalization.py",
        f"{LAYERS} -k bad_sizes",
        (
            "batch norm of no channel",
            'require_int(type(self).__name__, "num_features", num_features, minimum=1)',
            'require_int(type(self).__name__, "num_features", num_features, minimum=0)',
        ),
        (
            "instance norm of no channel",
            'require_int("InstanceNorm2d", "num_features", num_features, minimum=1)',
            'require_int("InstanceNorm2d", "num_features", num_features, minimum=0)',
        ),
        (
            "group norm of no group or channel",
            'require_int("GroupNorm", name, value, minimum=1)',
            'require_int("GroupNorm", name, value, minimum=-1)',
        ),
        (
            "layer norm over nothing",
            'require_int("LayerNorm", "normalized_shape", n, minimum=1)',
            'require_int("LayerNorm", "normalized_shape", n, minimum=0)',
        ),
    ),
    *mutants_of(
        "course_lib/numpy_nn/module.py",
        NETWORKS,
        ("zero_grad forgets nothing", "            parameter.grad = None\n", "            pass\n"),
        ("state loads before its checks", "        _require_names(operation, own, given)\n", ""),
    ),
    *mutants_of(
        "course_lib/numpy_nn/containers.py",
        NETWORKS,
        ("stops one layer early", "self.layers[:i])", "self.layers[: max(0, i - 1)])"),
        (
            "the shortcut gets no gradient",
            "return grad_body + grad_shortcut if",
            "return grad_body if",
        ),
        (
            "branches get each other's channels",
            "np.cumsum([shape[1] for shape in shapes])[:-1]",
            "np.cumsum([shape[1] for shape in shapes[::-1]])[:-1]",
        ),
        ("only the first branch counts", "sum(grads[1:], start=grads[0])", "grads[0]"),
    ),
    *mutants_of(
        "course_lib/numpy_nn/initialization.py",
        LAYERS,
        ("variance of He", "bound = 1 / math.sqrt(fan_in)", "bound = math.sqrt(6 / fan_in)"),
    ),
    *mutants_of(
        "course_lib/numpy_nn/convolution.py",
        LAYERS,
        (
            "transposed weight the wrong way round",
            "(in_channels, out_channels // groups, *kernel)",
            "(out_channels, in_channels // groups, *kernel)",
        ),
        ("no gradient for the bias", "self.bias.add_grad(grads.grad_bias)", "pass"),
    ),
    *mutants_of(
        "course_lib/numpy_nn/normalization.py",
        LAYERS,
        (
            "batch norm goes back in the mode of now",
            'x, averages, training = self._latest("_last")',
            '(x, averages, _), training = self._latest("_last"), self.training',
        ),
        (
            "batch norm moves its averages in eval mode",
            "        if self.training:\n            self.running_mean",
            "        if True:\n            self.running_mean",
        ),
        (
            "beta gets the gradient of gamma",
            "self.bias.add_grad(grads.grad_beta)",
            "self.bias.add_grad(grads.grad_gamma)",
        ),
        (
            "layer norm ignores its eps",
            '{"normalized_shape": shape, "eps": eps}',
            '{"normalized_shape": shape, "eps": 0.1}',
        ),
    ),
    *mutants_of(
        "course_lib/numpy_nn/regularization.py",
        LAYERS,
        ("dropout in eval mode", "training=self.training, generator", "training=True, generator"),
    ),
    *mutants_of(
        "course_lib/numpy_nn/optimizers.py",
        "tests/numpy_nn/test_given_values.py",
        ("gradients are broadcast", "if grad.shape != data.shape or", "if"),
        ("half a step", "            _require_movable(", "            (lambda *given: None)("),
    ),
    *mutants_of(
        "course_lib/numpy_nn/module.py",
        "tests/numpy_nn/test_given_values.py",
        ("weights become ints", 'made is None or made.kind != "f"', "made is None"),
        ("a locked array stays", "data if may_change else np.array(data)", "data"),
        (
            "bytes in another order",
            "if dtype_name(given) != dtype_name(own):",
            "if given.dtype != own.dtype:",
        ),
    ),
    *mutants_of(
        "course_lib/numpy_nn/optimizers.py",
        OPTIMIZERS,
        (
            "decay pushes away",
            "grad = grad + self.weight_decay * data\n        step",
            "grad = grad - self.weight_decay * data\n        step",
        ),
        (
            "velocity averaged",
            "else self.momentum * velocity + grad",
            "else self.momentum * velocity + (1 - self.momentum) * grad",
        ),
        (
            "velocity starts at zero",
            "velocity = grad.copy() if velocity is None",
            "velocity = 0 * grad if velocity is None",
        ),
        (
            "velocity is the caller's gradient",
            "grad.copy() if velocity is None",
            "grad if velocity is None",
        ),
        ("Adam counts from zero", "        t += 1\n", "        t += 1 if t else 2\n"),
        (
            "Adam without square root",
            "np.sqrt(square / (1 - beta_2**t))",
            "(square / (1 - beta_2**t))",
        ),
        (
            "Adam's mean uncorrected",
            "self.learning_rate / (1 - beta_1**t) * mean",
            "self.learning_rate * mean",
        ),
    ),
]
