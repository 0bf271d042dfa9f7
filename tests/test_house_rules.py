"""What the house promises about its code: docstrings that fit, short files and functions."""

import ast
import importlib
import inspect
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILES = sorted((ROOT / "course_lib").rglob("*.py"))
PACKAGES = (
    "analysis", "datasets", "gradcheck", "models", "numpy_nn", "numpy_ops", "parity", "shapes",
    "training",
)  # fmt: skip
LONGEST_FILE = 400
LONGEST_FUNCTION = 40


def public_objects():
    """List the functions and classes that a package of the course exports, each once."""
    found = {}
    for package in PACKAGES:
        module = importlib.import_module(f"course_lib.{package}")
        names = getattr(module, "__all__", None) or [n for n in vars(module) if n[0] != "_"]
        for name in names:
            thing = getattr(module, name)
            ours = getattr(thing, "__module__", "").startswith("course_lib")
            if ours and (inspect.isfunction(thing) or inspect.isclass(thing)):
                found[f"{thing.__module__}.{thing.__qualname__}"] = thing
    return found


OBJECTS = public_objects()


def documented_parameters(docstring):
    """Read the names under "Parameters", or None without that section."""
    section = re.search(r"^Parameters\n-+\n(.*?)(?=^\S[^\n]*\n-+\n|\Z)", docstring, re.M | re.S)
    if section is None:
        return None
    heads = [line for line in section[1].splitlines() if line[:1].strip()]
    return [name.strip("* ") for head in heads for name in head.split(" : ")[0].split(",")]


def parameters_of(thing):
    names = list(inspect.signature(thing).parameters)
    return [name for name in names if name not in ("self", "args")]


@pytest.mark.parametrize("name", OBJECTS)
def test_documented_parameters_are_those_of_the_signature(name):
    documented = documented_parameters(inspect.getdoc(OBJECTS[name]) or "")
    if documented is not None:
        assert documented == parameters_of(OBJECTS[name])


OPERATIONS = [name for name, thing in OBJECTS.items() if "numpy_ops" in thing.__module__]


@pytest.mark.parametrize("name", OPERATIONS)
def test_operations_document_every_parameter_and_show_an_example(name):
    docstring = inspect.getdoc(OBJECTS[name])
    assert ">>>" in docstring
    assert documented_parameters(docstring) == parameters_of(OBJECTS[name])


def test_a_missing_and_a_misspelt_parameter_would_be_seen():
    text = (
        "Do it.\n\nParameters\n---\nx, weight : (N,)\n    Arrays.\nstide : int\n\nReturns\n---\ny"
    )
    assert documented_parameters(text) == ["x", "weight", "stide"]


def functions(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]


def code_lines(function):
    """Count the lines of a function without its signature and docstring."""
    first = function.body[1 if ast.get_docstring(function) and len(function.body) > 1 else 0]
    return function.end_lineno - first.lineno + 1


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_and_functions_are_short(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_FILE
    too_long = [f.name for f in functions(path) if code_lines(f) > LONGEST_FUNCTION]
    assert not too_long
