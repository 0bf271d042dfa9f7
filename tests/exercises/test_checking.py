"""What a learner is told: the first failing case, in words, whatever the attempt does."""

import functools
import re
import signal
import sys
import threading
import time
from dataclasses import replace

import numpy as np
import pytest

from course_lib import exercises
from course_lib.exercises import storage
from course_lib.exercises.checking import (
    NOT_ATTEMPTED,
    SOLVED,
    WRONG,
    Verdict,
    examine,
    first_difference,
)
from course_lib.exercises.limits import OutOfTime, call_within
from course_lib.exercises.record import Case, Exercise


def double(x):
    return 2 * x


def shorten(x):
    return x[:-1]


DOUBLE = Exercise(
    id="99.double",
    prompt="Double the array.",
    solution=double,
    hints=("Use 2 *.",),
    near_misses={},
    cases=(
        Case("three numbers", (np.array([1.0, 2.0, 3.0]),)),
        Case("a table", (np.arange(30.0).reshape(5, 6),)),
    ),
)
NUMBER = Exercise("99.number", "Six times seven?", 42, ("6 · 7",), {}, why="6 · 7 = 42.")
ARRAY = Exercise("99.array", "Two numbers?", np.array([1.0, 2.0]), ("1 and 2",), {})
CHOICE = Exercise("99.why", "Why?", "b", ("Not a.",), {}, choices={"a": "No.", "b": "Yes."})
REPAIR = Exercise(
    "99.repair", "Repair it.", double, ("Look.",), {}, cases=DOUBLE.cases, given=shorten
)


def raises(x):
    raise KeyError("no such\nthing")


def changes_input(x):
    x *= 2
    return x


def forgets_the_table(x):
    return 2 * x if x.ndim == 1 else None


@pytest.mark.parametrize(
    "attempt, text",
    [
        pytest.param(raises, "case 1 of 2: three numbers\n  your function stopped with KeyError: "
                     "'no such", id="raises"),
        pytest.param(lambda: 1, "your function stopped with TypeError", id="arguments"),
        pytest.param(changes_input, "changed its input number 1", id="in-place"),
        pytest.param(forgets_the_table, "case 2 of 2: a table\n  received None, expected an array "
                     "of shape (5, 6); is a return missing?", id="none-later"),
        pytest.param(lambda x: x, "at index 0: received 1, expected 2", id="value"),
        pytest.param(lambda x: x[None], "received an array of shape (1, 3), expected an array of "
                     "shape (3,)", id="shape"),
        pytest.param(lambda x: 2 * x + 1e-4, "at index 0: received 2.0001, expected 2", id="close"),
        pytest.param(lambda x: x * np.nan, "received nan, expected 2", id="nan"),
        pytest.param(lambda x: "six", "received 'six', expected an array of shape (3,)", id="text"),
        pytest.param(lambda x: [1, [2]], "that is no array", id="ragged"),
        pytest.param(lambda x: object(), "expected an array of shape (3,)", id="object"),
        pytest.param(lambda x: (y for y in x), "expected an array of shape (3,)", id="generator"),
        pytest.param(3.0, "received 3.0; the answer here is a function", id="no-function"),
    ],
)  # fmt: skip
def test_failing_functions_are_explained(attempt, text):
    verdict = examine(DOUBLE, attempt)
    assert verdict.status == WRONG
    assert text in verdict.message
    assert verdict.message.endswith('hint("99.double") helps')


def works_and_forgets_return(x):
    y = 2 * x  # noqa: F841


def prints_its_result(x):
    print(2 * x)


def returns_the_dots(x):
    x = 2 * x
    return ...


@pytest.mark.parametrize(
    "attempt, text",
    [
        pytest.param(works_and_forgets_return, "received None, expected an array of shape (3,); "
                     "is a return missing?", id="forgets"),
        pytest.param(prints_its_result, "received None, expected an array of shape (3,); it "
                     "prints, but what is printed is not given back", id="prints"),
        pytest.param(returns_the_dots, "received Ellipsis, expected an array of shape (3,); "
                     "is a return missing?", id="dots"),
        pytest.param(np.random.default_rng(0).shuffle, "changed its input number 1", id="builtin"),
        pytest.param(functools.partial(works_and_forgets_return), "is a return missing?",
                     id="partial"),
    ],
)  # fmt: skip
def test_a_forgotten_return_is_an_attempt_and_is_told(attempt, text):
    verdict = examine(DOUBLE, attempt)
    assert verdict.status == WRONG
    assert text in verdict.message


EMPTY_FUNCTIONS = {
    "pass": "def f(x):\n    pass",
    "docstring": 'def f(x):\n    "Double."',
    "dots": "def f(x):\n    ...",
    "return": "def f(x):\n    return",
    "return-none": "def f(x):\n    # your code\n    return None",
    "return-dots": "def f(x):\n    return ...",
    "comment": "def f(x):\n    # your code\n    pass",
    "lambda": "f = lambda x: None",
    "options": "def f(*x, **options):\n    pass",
}


@pytest.mark.parametrize("source", EMPTY_FUNCTIONS.values(), ids=EMPTY_FUNCTIONS.keys())
def test_an_empty_function_is_not_attempted(source):
    names = {}
    exec(source, names)
    assert examine(DOUBLE, names["f"]).status == NOT_ATTEMPTED


def test_a_function_that_gives_a_constant_is_an_attempt():
    assert examine(DOUBLE, lambda x: 0).status == WRONG


def loops_for_ever(x):
    while True:
        pass


def sleeps(x):
    time.sleep(30)


def catches_everything(x):
    end = time.monotonic() + 5  # so that the test, unlike a learner, does end
    while time.monotonic() < end:
        try:
            time.sleep(0.01)
        except BaseException:
            continue


@pytest.mark.parametrize("attempt", [loops_for_ever, sleeps, catches_everything])
def test_a_function_that_does_not_come_back_is_left(attempt):
    started = time.monotonic()
    verdict = examine(DOUBLE, attempt, seconds=0.5)
    assert time.monotonic() - started < 4
    assert verdict.status == WRONG
    assert "case 1 of 2: three numbers" in verdict.message
    assert "had not come back after 0.5 seconds; does a loop never end?" in verdict.message


def test_an_endless_loop_is_stopped_and_does_not_go_on_behind():
    before = threading.active_count()
    examine(DOUBLE, loops_for_ever, seconds=0.2)
    assert threading.active_count() == before


def test_the_limit_holds_for_all_cases_together():
    def slow(x):
        time.sleep(0.4)
        return 2 * x

    exercise = replace(DOUBLE, cases=DOUBLE.cases * 5)
    assert "case 3 of 10" in examine(exercise, slow, seconds=1.0).message
    assert examine(exercise, slow, seconds=20.0).status == SOLVED


class Vexing:
    """An object whose methods fail."""

    def __repr__(self):
        raise RuntimeError("no text")

    __str__ = __len__ = __eq__ = __array__ = __bool__ = __call__ = __repr__
    __hash__ = None


class FailsInWords(Exception):
    def __str__(self):
        raise RuntimeError("no text")


def fails_in_words(x):
    raise FailsInWords


ENDS = {
    "exit": lambda x: sys.exit(),
    "system-exit": lambda x: exec("raise SystemExit(3)"),
    "generator-exit": lambda x: exec("raise GeneratorExit"),
    "recursion": lambda x: ENDS["recursion"](x),
    "error-without-text": fails_in_words,
    "gives-an-object": lambda x: Vexing(),
    "is-an-object": Vexing(),
    "is-a-class": Vexing,
}


@pytest.mark.parametrize("attempt", ENDS.values(), ids=ENDS.keys())
def test_nothing_that_a_function_does_gets_out(attempt):
    verdict = examine(DOUBLE, attempt)
    assert verdict.status == WRONG
    assert verdict.message.startswith("99.double ✗ ")


@pytest.mark.parametrize("exercise", [NUMBER, ARRAY, CHOICE], ids=lambda each: each.id)
@pytest.mark.parametrize("answer", [Vexing(), Vexing], ids=["object", "class"])
def test_no_answer_stops_a_check(exercise, answer):
    assert examine(exercise, answer).status == WRONG


class VexingText(str):
    """A letter that cannot be trimmed."""

    def strip(self, *letters):
        raise RuntimeError("no")


def test_a_failure_nobody_thought_of_is_a_sentence():
    message = examine(CHOICE, VexingText("b")).message
    assert "an object of class VexingText that cannot be judged: it stopped with Runtime" in message


def test_leaving_the_program_is_told():
    assert "tried to end the whole program" in examine(DOUBLE, ENDS["exit"]).message


def test_settings_of_the_caller_hold_inside_the_function():
    with np.errstate(divide="raise"):
        verdict = examine(DOUBLE, lambda x: x / 0)
    assert "FloatingPointError" in verdict.message


def test_stopping_the_kernel_stops_the_check_and_the_function():
    before = threading.active_count()
    threading.Timer(0.5, signal.raise_signal, [signal.SIGINT]).start()
    with pytest.raises(KeyboardInterrupt):
        examine(DOUBLE, loops_for_ever)
    assert threading.active_count() <= before + 1  # the timer may be about to end


@pytest.mark.parametrize(
    "answer, status", [(..., NOT_ATTEMPTED), ([5, 2, 6], WRONG), ([4, 4, 3], SOLVED)]
)
def test_a_check_gives_its_verdict_and_raises_on_request(answer, status, capsys):
    verdict = exercises.check("02.flip", answer)
    assert (verdict.status, bool(verdict)) == (status, status == SOLVED)
    assert capsys.readouterr().out == f"{verdict.message}\n"
    if status == SOLVED:
        assert exercises.check("02.flip", answer, raise_on_failure=True)
        return
    with pytest.raises(AssertionError) as raised:
        exercises.check("02.flip", answer, raise_on_failure=True)
    assert raised.value.verdict == verdict
    assert str(raised.value) == verdict.message


def test_an_unknown_exercise_raises_on_request(capsys):
    assert not exercises.check("02.flap", [4, 4, 3])
    with pytest.raises(AssertionError, match=r"perhaps you mean '02\.flip'"):
        exercises.check("02.flap", [4, 4, 3], raise_on_failure=True)


def test_a_verdict_is_silent_as_the_last_expression_of_a_cell():
    shown = pytest.importorskip("IPython.core.formatters").DisplayFormatter().format
    assert shown(Verdict(SOLVED, "well done")) == ({}, {})
    assert shown((SOLVED, "well done")) != ({}, {})


@pytest.mark.parametrize("answer", [[5, 2, 6], [4, 4, 3]], ids=["wrong", "right"])
def test_a_demonstration_leaves_no_mark(answer):
    assert exercises.check("02.flip", answer, record=False).status in (WRONG, SOLVED)
    assert storage.read_progress() == {}
    exercises.check("02.flip", answer)
    assert list(storage.read_progress()) == ["02.flip"]


def test_small_inputs_are_shown_and_large_ones_are_not():
    small = examine(DOUBLE, lambda x: x).message
    large = examine(DOUBLE, forgets_the_table).message
    assert "\n  with x = [1.0, 2.0, 3.0]\n" in small
    assert "with x" not in large


def add(left, right):
    return left + right


def half_of_the_sum(left, right):
    return (left + right) / 2


def fails_for_large_numbers(left, right):
    if left > 5:
        raise OverflowError
    return left - right


ADD = Exercise(
    "99.add", "Add.", add, ("+",),
    {"mean for sum": half_of_the_sum, "minus for plus": fails_for_large_numbers},
    cases=(Case("small", (1, 2)), Case("large", (6, 1 / 3))),
)  # fmt: skip


def test_single_numbers_share_a_line_and_carry_the_names_of_the_solution():
    assert "\n  with left = 1, right = 2\n" in examine(ADD, lambda a, b: 0).message


def test_inputs_are_shown_with_four_digits():
    exercise = replace(DOUBLE, cases=(Case("thirds", (np.array([1 / 3, 20 / 3]),)),))
    assert "with x = [0.3333, 6.667]" in examine(exercise, lambda x: x).message


def test_what_a_wrong_result_has_in_common_with_the_right_one_is_said():
    assert (
        "\n  all numbers are 0.5 times the expected ones\n" in examine(DOUBLE, lambda x: x).message
    )
    assert "\n  all numbers are 0.5 times" not in examine(DOUBLE, lambda x: x + 1).message


@pytest.mark.parametrize(
    "attempt, slip",
    [
        pytest.param(lambda a, b: 0.5 * a + 0.5 * b, "mean for sum", id="same-results"),
        pytest.param(fails_for_large_numbers, "minus for plus", id="same-results-same-failure"),
        pytest.param(lambda a, b: a - b, None, id="fails-less-often"),
        pytest.param(lambda a, b: 1.5, None, id="agrees-once"),
        pytest.param(raises, None, id="never-a-result"),
    ],
)
def test_a_slip_is_named_where_all_results_are_those_of_a_near_miss(attempt, slip):
    message = examine(ADD, attempt).message
    assert (f"\n  a common slip: {slip}\n" in message) == (slip is not None)
    assert ("common slip" in message) == (slip is not None)


@pytest.mark.parametrize(
    "received, same",
    [
        ([np.inf, 2.0], True),
        ([np.inf, 3.0], False),
        ([-np.inf, 2.0], False),
        ([np.nan, 2.0], False),
    ],
)
def test_an_infinite_number_forgives_no_other(received, same):
    difference = first_difference(received, np.array([np.inf, 2.0]), 1e-6)
    assert (difference is None) == same


@pytest.mark.parametrize("received, same", [(0.5, True), (1.5, False)])
def test_the_largest_number_sets_the_tolerance_of_all(received, same):
    difference = first_difference([received, 1e6], np.array([0.0, 1e6]), 1e-6)
    assert (difference is None) == same


def test_a_function_that_catches_the_stop_is_stopped_again():
    caught = []

    def stubborn():
        for _ in range(3):
            try:
                while True:
                    time.sleep(0.001)
            except BaseException as error:
                caught.append(type(error))
        raise OutOfTime

    with pytest.raises(OutOfTime):
        call_within(0.05, stubborn)
    assert caught == [OutOfTime] * 3


def test_the_slip_in_a_wrong_value_is_named_but_not_how_far_it_is_off():
    exercise = replace(ARRAY, near_misses={"doubled": np.array([2.0, 4.0]), "a part": 1.0})
    assert "which is not it\n  a common slip: doubled\n" in examine(exercise, [2, 4]).message
    assert (
        "expected an array of shape (2,)\n  a common slip: a part" in examine(exercise, 1).message
    )
    assert "slip" not in examine(exercise, [3, 6]).message
    assert "times" not in examine(exercise, [3, 6]).message


def test_lists_and_tensors_are_accepted():
    torch = pytest.importorskip("torch")
    assert examine(DOUBLE, lambda x: (2 * x).tolist()).status == SOLVED
    assert examine(DOUBLE, lambda x: 2 * torch.from_numpy(x)).status == SOLVED


def test_given_code_counts_as_not_attempted_until_it_changes():
    assert examine(REPAIR, shorten).status == NOT_ATTEMPTED
    assert examine(REPAIR, lambda x: list(x[:-1])).status == NOT_ATTEMPTED
    assert examine(REPAIR, lambda x: x[1:]).status == WRONG
    assert examine(REPAIR, double).status == SOLVED


@pytest.mark.parametrize("answer", [42, 42.0, np.int64(42), np.array(42.0)], ids=repr)
def test_numbers_of_any_kind_are_accepted(answer):
    assert examine(NUMBER, answer) == (SOLVED, "99.number ✓ 6 · 7 = 42.")


@pytest.mark.parametrize(
    "exercise, answer, text",
    [
        pytest.param(NUMBER, 41, "received 41, which is not it", id="number"),
        pytest.param(NUMBER, "42", "received '42', expected a number", id="text"),
        pytest.param(NUMBER, [42], "received an array of shape (1,), expected a number", id="list"),
        pytest.param(NUMBER, double, "received a function, expected a number", id="function"),
        pytest.param(NUMBER, float("nan"), "received nan, which is not it", id="nan"),
        pytest.param(ARRAY, [1, 3], "at index 1: received 3, which is not it", id="array"),
        pytest.param(CHOICE, "a", "received 'a', which is not it", id="choice"),
        pytest.param(CHOICE, "z", "answer with one of 'a', 'b'", id="no-choice"),
        pytest.param(CHOICE, 2, "received 2; answer with one of", id="choice-number"),
    ],
)
def test_wrong_answers_are_explained_without_giving_them_away(exercise, answer, text):
    verdict = examine(exercise, answer)
    assert verdict.status == WRONG
    assert text in verdict.message
    assert not re.search(r"\b42\b.*✗|expected (42|2)\b", verdict.message)


def test_letters_may_be_written_large():
    assert examine(CHOICE, " B ").status == SOLVED


@pytest.mark.parametrize("call", [exercises.check, exercises.hint, exercises.solution])
@pytest.mark.parametrize("unknown", ["02.corelate", "77.none", "", 3, None], ids=repr)
def test_unknown_ids_get_a_sentence(call, unknown, capsys):
    call(unknown)
    shown = capsys.readouterr().out
    assert shown.startswith(f"There is no exercise {unknown!r}; perhaps you mean ")
    assert "'02.correlate'" in shown or unknown != "02.corelate"


def test_hints_come_one_by_one(capsys):
    exercises.hint("02.convolve")
    exercises.hint("02.convolve", 2)
    exercises.hint("02.convolve", 0)
    first, more, second, none = capsys.readouterr().out.splitlines()
    assert first.startswith("Hint 1 of 2: ")
    assert more == 'More: hint("02.convolve", 2)'
    assert second.startswith("Hint 2 of 2: ")
    assert none == "02.convolve has 2 hints; ask for 1 to 2."
