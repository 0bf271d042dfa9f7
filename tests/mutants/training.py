"""Mistakes in the training loops, checkpoints, metrics and schedules."""

from mutants import mutants_of

LOOP = "tests/training/test_loop.py"
INPUTS = "tests/training/test_inputs.py"

MUTANTS = [
    *mutants_of(
        "course_lib/training/numpy_loop.py",
        LOOP,
        ("gradients pile up", "    network.zero_grad()\n", ""),
        (
            "the rate stays constant",
            "moves.learning_rate = learning_rate * rate_at(step / (epochs * steps))",
            "moves.learning_rate = learning_rate",
        ),
        ("tested while training", "    with network.evaluating():\n", "    if True:\n"),
    ),
    *mutants_of(
        "course_lib/training/run.py",
        LOOP,
        ("gradients pile up", "        self.optimizer.zero_grad()\n", ""),
        (
            "one step is done twice after a resume",
            "start_step=self.steps_done",
            "start_step=max(0, self.steps_done - 1)",
        ),
        ("random state is not restored", '        torch.set_rng_state(state["random"])\n', ""),
        (
            "optimizer is not restored",
            '        self.optimizer.load_state_dict(state["optimizer"])\n',
            "",
        ),
        ("settings are not compared", "if saved != value and not goes_on:", "if False:"),
        ("more epochs are refused", 'name == "epochs" and value', "False and value"),
        ("fewer epochs than are done", "value * self.steps >= done", "True"),
        ("networks are not compared", "if own.get(name) != given.get(name):", "if False:"),
        (
            "a single image stays alone",
            "self.merge = has_batch_norm(model) and",
            "self.merge = False and",
        ),
        ("Ctrl-C saves nothing", "                self._stop(checkpoint)\n", ""),
    ),
    *mutants_of(
        "course_lib/training/interrupts.py",
        LOOP,
        (
            "Ctrl-C gets through within a step",
            "        if came:\n            raise KeyboardInterrupt",
            "        if True:\n            raise KeyboardInterrupt",
        ),
        (
            "Ctrl-C stays held back",
            "            signal.signal(signal.SIGINT, before)\n",
            "            pass\n",
        ),
    ),
    *mutants_of(
        "course_lib/training/loop.py",
        LOOP,
        (
            "the caller's random state is lost",
            "with torch.random.fork_rng(devices=gpus):",
            "if True:",
        ),
        (
            "a model in eval mode is not trained as a whole",
            "        if not model.training:\n",
            "        if False:\n",
        ),
    ),
    *mutants_of(
        "course_lib/training/batches.py",
        "tests/training/test_metrics.py",
        (
            "every epoch in the same order",
            "np.random.default_rng([seed, epoch])",
            "np.random.default_rng(seed)",
        ),
        (
            "the last images are left out",
            "steps = -(-num_samples // batch_size)",
            "steps = num_samples // batch_size",
        ),
    ),
    *mutants_of(
        "course_lib/training/checkpoints.py",
        "tests/training/test_checkpoints.py",
        (
            "the digest is not compared",
            "if first_line != FIRST_WORDS + hashlib.sha256(payload).hexdigest().encode():",
            "if False:",
        ),
        (
            "code is run",
            'map_location="cpu", weights_only=True',
            'map_location="cpu", weights_only=False',
        ),
        (
            "numbers of NumPy are written",
            "return plain_state(operation, plain, name)",
            "return value",
        ),
        ("versions of layers are lost", "    vars(made).update(vars(old))", "    pass"),
    ),
    *mutants_of(
        "course_lib/training/metrics.py",
        "tests/training/test_metrics.py",
        ("confusion transposed", "(target, predicted), 1)", "(predicted, target), 1)"),
        (
            "pairs counted once",
            "np.add.at(counts, (target, predicted), 1)",
            "counts[target, predicted] += 1",
        ),
    ),
    *mutants_of(
        "course_lib/training/inputs.py",
        INPUTS,
        ("the order of bytes stays", 'dtype=x.dtype.newbyteorder("=")', "dtype=x.dtype"),
        (
            "masks are forgotten",
            "    require_own_array(operation, name, x)\n    return",
            "    return",
        ),
        ("scores are classes", "(classes == np.floor(classes)).all()", "True"),
        ("any scale of images", "if dtype_name(x) not in DTYPES:", "if False:"),
        ("any optimizer", "if not isinstance(made, kind):", "if False:"),
    ),
    *mutants_of(
        "course_lib/training/loop.py",
        INPUTS,
        ("the memory is part of a name", 're.sub(r" at 0x\\w+", "", repr(choice))', "repr(choice)"),
        ("the other size is tried too late", "        run.try_other_size(data)\n", ""),
        ("the state is tried too late", '        plain_state("fit", run.state())', "        pass"),
    ),
    *mutants_of(
        "course_lib/training/schedules.py",
        INPUTS,
        (
            "shares are believed",
            'require_finite(operation, f"{name}({t:g})", schedule(t), minimum=0.0)',
            "schedule(t)",
        ),
    ),
    *mutants_of(
        "course_lib/training/schedules.py",
        "tests/training/test_metrics.py",
        ("one cycle starts at a tenth", "(1.0 - 1 / 25)", "(1.0 - 1 / 10)"),
        ("cosine over a whole wave", "math.cos(math.pi * t)", "math.cos(2 * math.pi * t)"),
    ),
]
