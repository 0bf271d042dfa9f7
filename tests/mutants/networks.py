"""Mistakes in the NumPy layers, optimizers and graphs."""

from mutants import mutants_of

NN = "tests/numpy_nn/test_layers.py tests/numpy_nn/test_networks.py"
GRAPH = "tests/numpy_nn/test_graph.py"
UNSEEN = "tests/numpy_nn/test_graph_unseen.py"
TABLE = "tests/numpy_nn/test_table.py -k 'mul or sub'"
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
            "buffers not updated",
            "            home[name] = np.array(self._resolve(new))\n",
            "            home.setdefault(name, new)\n",
        ),
        ("outputs are not copied", "return output.copy() if", "return output if"),
        ("never checked", "if self._check and not self.plan.checked:", "if False:"),
        ("mode does not count", "key = (layout, ", "key = (0, "),
    ),
    *mutants_of(
        f"{GRAPHS}/plan.py",
        GRAPH,
        (
            "outputs let go too early",
            "        last.pop(output, None)\n",
            "        pass\n",
        ),
        (
            "gradients for frozen weights",
            "if isinstance(s, Weight) and s.name not in self.frozen",
            "if isinstance(s, Weight)",
        ),
        (
            "gradients flow under no_grad",
            "if not step.differentiable or OPERATIONS",
            "if OPERATIONS",
        ),
        ("x always wanted", "if needs_grad_x else ())", "if True else ())"),
    ),
    *mutants_of(
        f"{GRAPHS}/trace.py",
        GRAPH,
        ("running statistics stay", "        return args[3], args[4]\n", "        return ()\n"),
        (
            "module changed",
            "    with unchanged(module, parameters=False):\n        remove",
            "    if True:\n        remove",
        ),
        (
            "in-place changes of C++ stay",
            'base.removesuffix("_") + dot + overload',
            "name",
        ),
        ("draws in place have no name", "RANDOM_IN_PLACE.get(name, base", "{}.get(name, base"),
    ),
    *mutants_of(
        f"{GRAPHS}/trace.py",
        "tests/numpy_nn/test_graph_surroundings.py",
        ("unread draws are cut", "if _draws(step) or any(", "if any("),
        ("the caller's mode counts", "@torch.inference_mode(False)", "@torch.enable_grad()"),
        ("replaced buffers stay", "for name, tensor in moved.items()", "for name, tensor in ()"),
    ),
    *mutants_of(
        f"{GRAPHS}/run.py",
        "tests/numpy_nn/test_graph_surroundings.py",
        (
            "gradients by place",
            "None if grads is None else grads.get(key, _MISSING))",
            "None if grads is None else list(grads.values())[list(structure).index(key)])",
        ),
    ),
    *mutants_of(
        "course_lib/unchanged.py",
        "tests/numpy_nn/test_graph_surroundings.py",
        ("random numbers move", "        _set_random_states(randomness)\n", ""),
    ),
    *mutants_of(
        f"{GRAPHS}/places.py",
        GRAPH,
        (
            "x.data lets gradients through",
            "function = Tensor.detach if function == Tensor.data.__get__ else function",
            "function = Tensor.alias if function == Tensor.data.__get__ else function",
        ),
    ),
    *mutants_of(
        f"{GRAPHS}/self_check.py",
        GRAPH,
        (
            "tolerance of any size",
            "if error > max(limit, ROUNDINGS * movement):",
            "if error > 2 + max(limit, ROUNDINGS * movement):",
        ),
    ),
    *mutants_of(
        f"{GRAPHS}/torch_run.py",
        GRAPH,
        ("torch draws for itself", "row is None or not row.draws", "True"),
    ),
    *mutants_of(
        f"{GRAPHS}/self_check.py",
        UNSEEN,
        ("counters are not watched", "container[place] = Watched(value, uses)", "pass"),
    ),
    *mutants_of(
        f"{GRAPHS}/torch_run.py",
        UNSEEN,
        ("one forward only", "for _ in range(2):", "for _ in range(1):"),
        (
            "hooks of weights are forgotten",
            "        copy_weight_hooks(self.module, state)\n",
            "",
        ),
        (
            "mode of the way back",
            "                layer.training = mode\n",
            "                pass\n",
        ),
    ),
    *mutants_of(
        f"{GRAPHS}/run.py",
        UNSEEN,
        (
            "gradients are not checked",
            "            self._check_gradients(flat, grad_x, weights, needs_grad_x)\n",
            "            pass\n",
        ),
        (
            "hooks are checked once",
            " and not self._source.hooks(self.plan.program):",
            ":",
        ),
        (
            "inputs are not copied",
            "tuple(np.array(x) for x in arrays) if keep else arrays",
            "arrays",
        ),
        ("whole numbers have gradients", 'if dtype.kind != "f":', "if False:"),
    ),
    *mutants_of(
        f"{GRAPHS}/unseen.py",
        UNSEEN,
        ("detached memory is another", "if cut or function in CUTS:", "if cut:"),
        (
            "no_grad is seen",
            "cut = not torch.is_grad_enabled() or any(",
            "cut = any(",
        ),
    ),
    *mutants_of(
        f"{GRAPHS}/trace.py",
        UNSEEN,
        (
            "in-place changes of C++ under no_grad are seen",
            'if name[-1:] == "_" and not torch.is_grad_enabled():',
            "if False:",
        ),
        (
            "earlier readers see other values",
            "[_with(s, values, new) for s in self.steps[made + 1 :]]",
            "self.steps[made + 1 :]",
        ),
    ),
    *mutants_of(
        f"{GRAPHS}/state.py",
        UNSEEN,
        ("attributes do not count", "            frozen_form(value)\n", "            None\n"),
    ),
    *mutants_of(
        f"{GRAPHS}/ops/broadcasting.py",
        GRAPH,
        (
            "broadcast axes not summed",
            "return grad.sum(axis=extra + repeated).reshape(x.shape) if extra + repeated else grad",
            "return grad",
        ),
    ),
    *mutants_of(
        f"{GRAPHS}/ops/arithmetic.py",
        TABLE,
        (
            "factors swapped",
            "return sum_to(grad_y * other, x), (",
            "return sum_to(grad_y * x, x), (",
        ),
        (
            "sign of the subtrahend",
            "add_backward(grad_y, x, other, -alpha)",
            "add_backward(grad_y, x, other, alpha)",
        ),
    ),
    *mutants_of(
        f"{GRAPHS}/ops/layout.py",
        GRAPH,
        (
            "permutation not inverted",
            "grad_y.transpose(np.argsort(np.mod(axes, x.ndim)))",
            "grad_y.transpose(axes)",
        ),
    ),
]
