"""Mistakes in what looks into a network: it must be left as it was."""

from mutants import mutants_of

LOOKING = "tests/test_looking.py"

MUTANTS = [
    *mutants_of(
        "course_lib/analysis/attribution.py",
        LOOKING,
        ("saliency of an in-place network stops", "module(x.clone()), target)\n        return", 
         "module(x), target)\n        return"),
        ("occlusion changes the image", 'full = _target_scores("occlusion", module(x.clone())',
         'full = _target_scores("occlusion", module(x)'),
        ("maps are written over", "return y.clone() if isinstance(y, Tensor) else None",
         "return None"),
        ("grad_cam changes statistics", "with unchanged(module), torch.enable_grad():\n"
         "            scores = _target_scores(\"grad_cam\"", "with torch.enable_grad():\n"
         "            scores = _target_scores(\"grad_cam\""),
        ("a cut gradient is zero", "    if grad is None:\n", "    if grad is None:\n"
         "        return torch.zeros_like(x)\n    if False:\n"),
    ),
    *mutants_of(
        "course_lib/analysis/equivariance.py",
        LOOKING,
        ("the caller's array is changed", 'np.array(x, order="C")', "np.ascontiguousarray(x)"),
        ("statistics are changed", "with unchanged(function), torch", "with torch"),
    ),
    *mutants_of(
        "course_lib/analysis/gradient_flow.py",
        LOOKING,
        ("statistics are changed", "with unchanged(module), torch", "with torch"),
        ("the image is changed", "loss(module(x.clone()))", "loss(module(x))"),
    ),
    *mutants_of(
        "course_lib/models/photos.py",
        LOOKING,
        ("modes are changed", "with evaluated(network), torch", "network.eval()\n    with torch"),
    ),
    *mutants_of(
        "course_lib/holdings.py",
        LOOKING,
        ("lists and dicts stay", "        if not _same(container, before):", "        if False:"),
        ("values stay", "                alias.copy_(values)\n", "                pass\n"),
        ("other memory stays", "                tensor.data = alias\n", "                pass\n"),
        ("arrays stay", "        if array.flags.writeable:", "        if False:"),
        ("objects are not entered", "        elif not _is_foreign(item):", "        elif False:"),
        ("gradients stay", "        if tensor.grad is not grad:", "        if False:"),
        ("lazy layers take shape", "            module.__class__ = kind\n", "            pass\n"),
        ("autograd sees a change", "torch.autograd._unsafe_preserve_version_counter(tensor)",
         "suppress()"),
        ("generators go on", "        self._undo.append(lambda: write(generator, state))\n",
         "        pass\n"),
    ),
    *mutants_of(
        "course_lib/unchanged.py",
        LOOKING,
        ("settings stay", "                write(before)\n", "                pass\n"),
        ("functions hide their modules", "if isinstance(module, nn.Module):", "if False:"),
    ),
    *mutants_of(
        "course_lib/training/devices.py",
        LOOKING,
        ("modes are changed", "with evaluated(model), torch", "model.eval()\n    with torch"),
    ),
    *mutants_of(
        "course_lib/numpy_nn/module.py",
        LOOKING,
        ("one mode for all", "module.training = training\n", "module.training = modes[0][1]\n"),
    ),
    *mutants_of(
        "course_lib/training/loop.py",
        LOOKING,
        ("frozen layers learn", "        if not model.training:\n", "        if True:\n"),
    ),
    *mutants_of(
        "course_lib/training/numpy_loop.py",
        LOOKING,
        ("frozen layers learn", "    if not network.training:\n", "    if True:\n"),
    ),
]  # fmt: skip
