"""Whatever an answer is or does to what lies around it, the verdict is right and gets through."""

import io
import sys
import time
import warnings
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
import torch

from course_lib import exercises
from course_lib.exercises.checking import SOLVED, WRONG, examine
from course_lib.exercises.record import Case, Exercise


def halve(x):
    return x / 2


HALVE = Exercise(
    id="99.halve",
    prompt="Halve the numbers.",
    solution=halve,
    hints=("Use /.",),
    near_misses={"doubled": lambda x: 2 * x},
    cases=(Case("four", (np.array([1.0, 2.0, 3.0, 5.0]),)), Case("two", (np.array([4.0, 6.0]),))),
)
HALF = Exercise("99.half", "Half of one?", 0.5, ("1 / 2",), {})
BUFFER = np.zeros(4)


def in_one_buffer(x):
    np.divide(x, 2, out=BUFFER[: len(x)])
    return BUFFER[: len(x)]


RIGHT = {
    "gradient": lambda x: torch.from_numpy(x).requires_grad_() / 2,
    "tensors-in-a-list": lambda x: list(torch.from_numpy(x).requires_grad_() / 2),
    "bfloat16": lambda x: (torch.from_numpy(x) / 2).bfloat16(),
    "sparse": lambda x: (torch.from_numpy(x) / 2).to_sparse(),
    "conjugate": lambda x: (torch.from_numpy(x) / 2).to(torch.complex128).conj(),
    "fractions": lambda x: [Fraction(int(number), 2) for number in x],
    "decimals": lambda x: np.array([Decimal(number) / 2 for number in x]),
    "object": lambda x: (x / 2).astype(object),
    "complex": lambda x: np.fft.ifft(np.fft.fft(x / 2)),
    "numpy-scalars": lambda x: [np.float32(number) / 2 for number in x],
    "strided": lambda x: np.repeat(x / 2, 2)[::2],
    "one-buffer": in_one_buffer,
}


@pytest.mark.parametrize("function", RIGHT.values(), ids=RIGHT.keys())
def test_numbers_are_right_in_every_dress(function):
    verdict = examine(HALVE, function)
    assert (verdict.status, verdict.message) == (SOLVED, verdict.message)


@pytest.mark.parametrize(
    "answer", [Fraction(1, 2), Decimal("0.5"), torch.tensor(0.5, requires_grad=True), 0.5 + 0j]
)
def test_a_number_is_right_in_every_dress(answer):
    assert examine(HALF, answer).status == SOLVED


def close_the_output(x):
    sys.stdout.close()
    sys.stderr.close()
    return x / 2


def take_the_output(x):
    sys.stdout = io.StringIO()
    return x / 2


def remove_the_output(x):
    sys.stdout = None
    return x / 2


def filter_warnings(x):
    warnings.simplefilter("error")
    return x / 2


@pytest.mark.parametrize(
    "function", [close_the_output, take_the_output, remove_the_output, filter_warnings]
)
def test_what_lies_around_a_function_is_put_back(function, capsys, monkeypatch):
    exercise = HALVE
    monkeypatch.setattr(exercises.lookup, "find", lambda name: exercise)
    streams, filters = (sys.stdout, sys.stderr), list(warnings.filters)
    assert exercises.check("99.halve", function, record=False)
    assert (sys.stdout, sys.stderr) == streams
    assert warnings.filters == filters
    assert capsys.readouterr().out.startswith("99.halve ✓")


def forgives_all(x):
    np.abs = np.isfinite = np.asarray = lambda *a, **o: np.zeros(1)
    return x / 2 + 7


def removes(x):
    del np.argwhere
    return x / 2 + 7


@pytest.mark.parametrize("function, name", [(forgives_all, "np.abs"), (removes, "np.argwhere")])
def test_a_function_that_changes_numpy_is_told_and_numpy_put_back(function, name):
    before = dict(vars(np))
    verdict = examine(HALVE, function)
    assert verdict.status == WRONG
    assert f"your function changed NumPy itself ({name}" in verdict.message
    assert dict(vars(np)) == before


async def waits(x):
    return x / 2


def yields(x):
    yield x / 2


class EndsTheProgram:
    """An object that ends the program when it is read."""

    def __array__(self, dtype=None, copy=None):
        raise SystemExit


@pytest.mark.parametrize(
    "function, words",
    [
        (waits, "received a coroutine, expected an array of shape (4,); write def without async"),
        (yields, "received a generator, expected an array of shape (4,); use return, not yield"),
        (lambda x: EndsTheProgram(), "your function tried to end the whole program"),
        (lambda x: x * 1j, "at index 0: received 1j, expected 0.5"),
        (lambda x: map(float, x), "received <map object>, expected"),
        (lambda x: exec("raise ValueError(object())"), "stopped with ValueError: <object object>"),
        (lambda x: exec("raise KeyboardInterrupt"), "with KeyboardInterrupt: no message"),
    ],
    ids=["async", "yield", "exit-when-read", "complex", "map", "address", "no-message"],
)
def test_other_wrong_results_are_told_without_a_warning_and_alike_in_every_run(function, words):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        messages = {examine(HALVE, function).message for _ in range(2)}
    [message] = messages
    assert words in message


def test_an_answer_that_ends_the_program_when_it_is_read_does_not():
    assert examine(HALF, EndsTheProgram()).status == WRONG


@pytest.mark.parametrize("shape", [(60_000, 60_000), (700, 700)], ids=["lazy", "wide"])
def test_a_result_that_is_far_too_large_is_told_at_once(shape):
    square = Exercise("99.eye", "?", lambda x: np.eye(2) + x, ("?",), {}, (Case("one", (1.0,)),))
    started = time.process_time()
    # One number that is seen at every place: a copy would take more memory than there is.
    message = examine(square, lambda x: np.broadcast_to(3.0, shape)).message
    assert time.process_time() - started < 5
    assert f"received an array of shape {shape}" in message


def test_a_large_array_in_place_of_a_function_is_told_at_once():
    started = time.process_time()
    assert "of shape (3000, 3000)" in examine(HALVE, np.ones((3000, 3000))).message
    assert time.process_time() - started < 2


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp437", "utf-8"])
def test_every_message_gets_through_to_any_output(encoding, monkeypatch):
    output = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(output, encoding, line_buffering=True))
    exercises.check("02.flip", [4, 4, 3])
    exercises.check("02.correlate", lambda image, kernel: image)
    for name in ("02.flip", "02.correlate", "04.parameters"):
        exercises.hint(name)
        exercises.solution(name)
    exercises.progress()
    shown = output.getvalue().decode(encoding)
    assert "02.flip" in shown
    assert ("✓" in shown) == (encoding == "utf-8")


class Unspeakable:
    """An object that cannot be written."""

    def __repr__(self):
        raise RuntimeError("no text")

    __str__ = __repr__


@pytest.mark.parametrize("ask", [exercises.check, exercises.hint, exercises.solution])
@pytest.mark.parametrize("name", [None, 2.1, ["02.flip"], Unspeakable(), "2.flip", ""])
def test_what_names_no_exercise_is_a_sentence(ask, name, capsys):
    ask(name)
    assert "There is no exercise" in capsys.readouterr().out
