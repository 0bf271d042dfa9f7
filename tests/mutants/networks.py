"""Mistakes in the NumPy layers, optimizers and graphs."""

from mutants import mutants_of

NN = "tests/numpy_nn/test_layers.py tests/numpy_nn/test_networks.py"
GRAPH = "tests/numpy_nn/test_graph.py"
GRAPHS = "course_lib/numpy_nn/graph"

MUTANTS = [
    *mutants_of(
        "course_lib/numpy_nn/optimizers.py",
        "tests/numpy_nn/test_optimizers.py",
        (
            "momentum replaced, not added",
            "self.momentum * velocity + grad",
            "self.momentum * velocity",
        ),
        (
            "Nesterov ignored",
            "step = grad + self.momentum * velocity if self.nesterov else velocity",
            "step = velocity",
        ),
        (
            "Adam without bias correction",
            "size = np.sqrt(square / (1 - beta_2**t)) + self.eps",
            "size = np.sqrt(square) + self.eps",
        ),
        (
            "eps inside the root",
            "np.sqrt(square / (1 - beta_2**t)) + self.eps",
            "np.sqrt(square / (1 - beta_2**t) + self.eps)",
        ),
        ("betas swapped", "beta_1, beta_2 = self.betas", "beta_2, beta_1 = self.betas"),
    ),
    *mutants_of(
        "course_lib/numpy_nn/module.py",
        NN,
        ("gradients overwritten", "grad if self.grad is None else self.grad + grad", "grad"),
        (
            "training mode not passed on",
            "            module.training = mode\n",
            "            self.training = mode\n",
        ),
        ("state dict shares memory", "{name: array.copy() for name", "{name: array for name"),
    ),
    *mutants_of(
        "course_lib/numpy_nn/containers.py",
        NN,
        (
            "residual forgets the shortcut's gradient",
            "return grad_body + grad_y if needs_grad_x else None",
            "return grad_body if needs_grad_x else None",
        ),
        (
            "layers not reversed",
            "in reversed(list(enumerate(self.layers)))",
            "in list(enumerate(self.layers))",
        ),
    ),
    *mutants_of(
        f"{GRAPHS}/run.py",
        GRAPH,
        (
            "second use overwrites the first",
            "gradients[target] + grad if target in gradients else grad",
            "grad",
        ),
        (
            "running statistics not stored",
            "                self.buffers[weight.name] = new\n",
            "                pass\n",
        ),
        (
            "gradients of gamma and beta shifted",
            "targets = (targets[0], *targets[3:])",
            "targets = targets",
        ),
        (
            "values dropped too early",
            "            last.pop(name, None)\n",
            "            last[name] = 0\n",
        ),
        (
            "another mask on the way back",
            'self._kept[step.name] = {"mask": mask}',
            'self._kept[step.name] = {"mask": ~mask}',
        ),
    ),
    *mutants_of(
        f"{GRAPHS}/arithmetic.py",
        GRAPH,
        (
            "broadcast axes not summed",
            "return grad.sum(axis=extra + repeated).reshape(shape) if extra + repeated else grad",
            "return grad",
        ),
        (
            "factors swapped",
            "return _sum_to(grad_y * other, x), _sum_to(grad_y * x, other)",
            "return _sum_to(grad_y * x, x), _sum_to(grad_y * other, other)",
        ),
        ("sign of the subtrahend", "_sum_to(-grad_y, other)", "_sum_to(grad_y, other)"),
        ("mean not divided", "keepdims=keepdims) / count", "keepdims=keepdims)"),
    ),
    *mutants_of(
        f"{GRAPHS}/layout.py",
        GRAPH,
        (
            "permutation not inverted",
            "grad_y.transpose(np.argsort(np.mod(axes, x.ndim)))",
            "grad_y.transpose(axes)",
        ),
        (
            "chunks rounded down",
            "size=-(-x.shape[axis] // chunks), axis=axis, index=index)\n\n\ndef chunk_backward",
            "size=x.shape[axis] // chunks, axis=axis, index=index)\n\n\ndef chunk_backward",
        ),
        (
            "pieces cut one late",
            "np.cumsum([x.shape[axis] for x in arrays])[:-1]",
            "np.cumsum([x.shape[axis] for x in arrays])[:-1] + 1",
        ),
    ),
    *mutants_of(
        f"{GRAPHS}/translate.py",
        GRAPH,
        ("in-place calls overlooked", "if _changes_its_input(node, self.module)", "if False"),
        ("buffers hide parameters of the same tensor", "id(tensor): name", "name: name"),
    ),
    *mutants_of(
        f"{GRAPHS}/modules.py",
        GRAPH + " tests/models/test_numpy_graphs.py::test_only_the_wanted_layers_train",
        (
            "batch norm always in training",
            "training = layer.training or layer.running_mean is None",
            "training = True",
        ),
        (
            "dropout in evaluation",
            "adaptor(x, layer.p, layer.training)",
            "adaptor(x, layer.p, True)",
        ),
        ("other padding modes overlooked", 'if layer.padding_mode != "zeros":', "if False:"),
    ),
]
