"""Mistakes in how work is shared among cores."""

from mutants import mutants_of

TESTS = "tests/test_threads.py"

MUTANTS = [
    *mutants_of(
        "course_lib/threads.py",
        TESTS,
        ("products on all cores", "library.set_num_threads(1)", "pass"),
        ("settings of NumPy lost", "submit(copy_context().run, do, span)", "submit(do, span)"),
        ("one worker", "ThreadPoolExecutor(get_num_threads(),", "ThreadPoolExecutor(1,"),
        ("workers share their work again", "        _here.is_worker = True\n", ""),
        ("errors overlooked", "        done.result()\n", "        done.exception()\n"),
        ("the last part left out", "in pairwise(ends)]", "in pairwise(ends[:-1])]"),
        (
            "a fork keeps dead workers",
            "after_in_child=_crew.disband",
            "after_in_child=get_num_threads",
        ),
        ("the environment of OpenMP first", "    if asked is not None:\n", "    if False:\n"),
    ),
    *mutants_of(
        "course_lib/numpy_ops/algorithms/side_by_side.py",
        TESTS,
        (
            "gradient of the last part only",
            "grad_weight[part.filters] += grad_part",
            "grad_weight[part.filters] = grad_part",
        ),
        (
            "images left over forgotten",
            "pairwise([0, *ends[:-1], num_items])",
            "pairwise([0, *ends])",
        ),
        ("groups not counted anew", "geometry._replace(groups=span.stop - span.start)", "geometry"),
        ("small work shared", "multiply_adds // MIN_WORK", "multiply_adds"),
    ),
]
