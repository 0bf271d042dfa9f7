"""The errors of the course: their text, what they are caught as, copies of them."""

import copy
import pickle

import pytest

from course_lib.errors import InvalidType, InvalidValue, MissingFile

PARTS = {"received": "a list", "needed": "an array", "fix": "call np.asarray first"}
KINDS = pytest.mark.parametrize(
    ("kind", "bases"),
    [
        (InvalidValue, {ValueError}),
        (InvalidType, {TypeError}),
        (MissingFile, {ValueError, InvalidValue, FileNotFoundError, OSError}),
    ],
)


@KINDS
def test_the_text_is_one_sentence_of_three_parts(kind, bases):
    error = kind("relu", **PARTS)
    assert str(error) == "relu received a list; it needs an array; call np.asarray first."
    assert error.args == (str(error),)
    assert (error.operation, error.received) == ("relu", "a list")
    assert (error.needed, error.fix) == ("an array", "call np.asarray first")


@KINDS
def test_each_is_caught_as_the_builtin_that_users_know(kind, bases):
    known = {ValueError, TypeError, InvalidValue, InvalidType, FileNotFoundError, OSError}
    assert {base for base in known if issubclass(kind, base)} - {kind} == bases


@KINDS
@pytest.mark.parametrize(
    "copied", [copy.copy, copy.deepcopy, lambda error: pickle.loads(pickle.dumps(error))],
    ids=["copy", "deepcopy", "pickle"],
)  # fmt: skip
def test_copies_are_whole(kind, bases, copied):
    error = kind("relu", **PARTS)
    error.add_note("in the second layer")
    twin = copied(error)
    assert type(twin) is kind
    assert str(twin) == str(error)
    assert vars(twin) == vars(error)
    assert twin.__notes__ == ["in the second layer"]


def test_no_part_may_be_left_out():
    with pytest.raises(TypeError, match="fix"):
        InvalidValue("relu", received="a list", needed="an array")
