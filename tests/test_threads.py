"""Large work is shared among cores, small work is not, and the numbers do not depend on it."""

import os
import subprocess
import sys
import threading
import time

import numpy as np
import pytest
from compare import assert_same

import course_lib
from course_lib import numpy_ops, threads
from course_lib.numpy_ops import algorithms
from course_lib.numpy_ops.algorithms import side_by_side
from course_lib.threads import get_num_threads, set_num_threads, share, split


@pytest.fixture(autouse=True)
def same_threads_afterwards():
    before = get_num_threads()
    yield
    set_num_threads(before)


PROGRAM = """
import course_lib.numpy_ops
from course_lib.threads import get_num_threads, num_cores
from threadpoolctl import threadpool_info
print(get_num_threads(), num_cores())
print(*{entry["num_threads"] for entry in threadpool_info() if entry["internal_api"] == "openblas"})
"""


def in_a_process(**settings):
    kept = {k: v for k, v in os.environ.items() if not k.endswith("NUM_THREADS")}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, env=kept | settings
    )
    assert done.returncode == 0, done.stderr
    (asked, cores), blas = (map(int, line.split()) for line in done.stdout.splitlines())
    return asked, cores, set(blas)


@pytest.mark.parametrize(
    "settings, expected",
    [
        ({}, None),
        ({"COURSE_NUM_THREADS": "3"}, 3),
        ({"OMP_NUM_THREADS": "2"}, 2),
        ({"OMP_NUM_THREADS": "2", "COURSE_NUM_THREADS": "5"}, 5),
        ({"OMP_NUM_THREADS": "2,1"}, None),
    ],
    ids=["defaults", "course", "openmp", "both", "nested openmp"],
)
def test_products_keep_to_one_thread_and_large_work_gets_all_cores(settings, expected):
    asked, cores, blas = in_a_process(**settings)
    assert asked == (cores if expected is None else expected)
    assert blas <= {1}  # none where NumPy has another BLAS


@pytest.mark.parametrize("value", ["0", "-1", "two", ""])
def test_a_wrong_environment_is_named(monkeypatch, value):
    monkeypatch.setattr(threads._crew, "size", None)
    monkeypatch.setenv("COURSE_NUM_THREADS", value)
    with pytest.raises(
        ValueError, match=f"received COURSE_NUM_THREADS='{value}'; it needs a whole"
    ):
        get_num_threads()
    monkeypatch.delenv("COURSE_NUM_THREADS")


@pytest.mark.parametrize(
    "value, error",
    [(0, ValueError), (-2, ValueError), (1.0, TypeError), (True, TypeError)],
    ids=repr,
)
def test_a_wrong_number_is_refused(value, error):
    with pytest.raises(error, match=f"set_num_threads received num_threads={value!r}; it needs"):
        course_lib.set_num_threads(value)


def test_the_package_offers_both():
    course_lib.set_num_threads(3)
    assert course_lib.get_num_threads() == 3


@pytest.mark.parametrize("num_items, num_parts", [(7, 3), (2, 5), (6, 2), (1, 1), (0, 4)])
def test_spans_cover_all_items_evenly(num_items, num_parts):
    spans = split(num_items, num_parts)
    assert [k for span in spans for k in range(num_items)[span]] == list(range(num_items))
    sizes = [span.stop - span.start for span in spans]
    assert len(spans) == min(num_items, num_parts)
    assert not sizes or max(sizes) - min(sizes) <= 1


def test_two_threads_work_at_the_same_time():
    set_num_threads(2)
    both = threading.Barrier(2, timeout=60)
    share(lambda _: both.wait(), range(2))  # would never get past with one


def test_one_thread_stays_where_it_is():
    set_num_threads(1)
    seen = []
    share(lambda some: seen.append((threading.get_ident(), *some)), range(3))
    assert seen == [(threading.get_ident(), 0, 1, 2)]


def test_shared_work_may_share_again():
    set_num_threads(2)
    seen = []

    def outer(neighbors):
        share(lambda some: seen.extend((tuple(neighbors), k) for k in some), range(3))

    share(outer, range(4))
    assert sorted(seen) == [((0, 1), k) for k in range(3)] + [((2, 3), k) for k in range(3)]


def test_the_error_of_a_part_is_raised_and_the_workers_go_on():
    set_num_threads(2)

    def fail(neighbors):
        if 1 in neighbors:
            raise KeyError("part")

    with pytest.raises(KeyError, match="part"):
        share(fail, range(2))
    test_two_threads_work_at_the_same_time()


def test_settings_of_numpy_hold_in_all_threads():
    set_num_threads(2)
    seen = []
    with np.errstate(over="raise"):
        share(lambda _: seen.append(np.geterr()["over"]), range(2))
    assert seen == ["raise", "raise"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_forked_process_has_workers_of_its_own():
    set_num_threads(2)
    test_two_threads_work_at_the_same_time()
    child = os.fork()
    if child == 0:
        share(lambda _: None, range(2))
        os._exit(7)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7


CONVOLUTIONS = {
    "im2col": ((5, 4, 15, 13), (6, 4, 3, 2), {"stride": (2, 1), "padding": 1}),
    "batch last": ((40, 4, 9, 8), (6, 4, 3, 3), {}),
    "few images, batch last": ((17, 4, 9, 8), (6, 4, 3, 3), {}),
    "pointwise": ((5, 6, 9, 8), (4, 6, 1, 1), {"stride": 2}),
    "depthwise": ((2, 6, 9, 8), (12, 1, 3, 3), {"groups": 6, "padding": 1}),
    "channels last": ((2, 192, 9, 8), (192, 1, 3, 3), {"groups": 192, "padding": 1}),
    "two groups": ((5, 6, 9, 8), (8, 3, 3, 3), {"groups": 2}),
    "winograd": ((3, 32, 45, 40), (33, 32, 3, 3), {"padding": 1}),
    "one image": ((1, 5, 9, 8), (50, 5, 3, 3), {"padding": 1}),
    "one image by winograd": ((1, 32, 17, 15), (64, 32, 3, 3), {}),
    "no image": ((0, 4, 9, 8), (6, 4, 3, 3), {}),
}


def both_ways(x, weight, options):
    y = numpy_ops.conv2d(x, weight, **options)
    grad_y = np.random.default_rng(seed=1).standard_normal(y.shape).astype(y.dtype)
    grads = numpy_ops.conv2d_backward(grad_y, x, weight, **options)
    return y, *grads


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("x, weight, options", CONVOLUTIONS.values(), ids=CONVOLUTIONS)
def test_a_convolution_does_not_depend_on_the_number_of_threads(
    monkeypatch, x, weight, options, dtype
):
    monkeypatch.setattr(side_by_side, "MIN_WORK", 1)
    rng = np.random.default_rng(seed=0)
    x, weight = (rng.standard_normal(shape).astype(dtype) for shape in (x, weight))
    set_num_threads(1)
    alone = both_ways(x, weight, options)
    set_num_threads(3)
    shared = both_ways(x, weight, options)
    tolerance = {"float32": 1e-6, "float64": 1e-14}[dtype]
    for actual, expected in zip(shared, alone, strict=True):
        assert_same(actual, expected, tolerance=tolerance)
    for actual, expected in zip(shared, both_ways(x, weight, options), strict=True):
        np.testing.assert_array_equal(actual, expected)  # whichever thread was first


@pytest.mark.parametrize("name", CONVOLUTIONS)
def test_large_convolutions_are_shared_and_small_ones_not(monkeypatch, name):
    seen = set()
    original = side_by_side.share

    def watch(work, parts, num_parts=2):
        seen.add(min(num_parts, len(parts)))
        original(work, parts, num_parts=num_parts)

    for module in (side_by_side, algorithms.winograd):
        monkeypatch.setattr(module, "share", watch)
    x, weight, options = CONVOLUTIONS[name]
    x, weight = np.ones(x, np.float32), np.ones(weight, np.float32)
    set_num_threads(2)
    monkeypatch.setattr(side_by_side, "MIN_WORK", 2**30)
    numpy_ops.conv2d(x, weight, **options)
    assert seen <= {1}
    monkeypatch.setattr(side_by_side, "MIN_WORK", 1)
    numpy_ops.conv2d(x, weight, **options)
    assert (max(seen, default=1) == 2) == (name not in ("no image", "few images, batch last"))


@pytest.mark.slow
def test_small_networks_do_not_pay_for_more_cores():
    from course_lib.bench import cores

    seconds = {1: [], 2: []}
    digits = cores.datasets.load("digits")
    for count in (1, 2) * 3:
        set_num_threads(count)
        start = time.process_time()  # a busy machine does not count, but busy waiting does
        cores.train_digits(digits)
        seconds[count].append(time.process_time() - start)
    assert min(seconds[2]) <= 1.1 * min(seconds[1])
