"""What the house promises about its code: docstrings that fit, short files and functions."""

import ast
import importlib
import inspect
import io
import re
import tokenize
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILES = sorted([*(ROOT / "course_lib").rglob("*.py"), *(ROOT / "tools").glob("*.py")])
PACKAGES = (
    "analysis", "datasets", "gradcheck", "models", "numpy_nn", "numpy_ops", "parity", "shapes",
    "training",
)  # fmt: skip
LONGEST_FILE = 300  # code lines: neither docstrings nor comments nor empty lines count
LONGEST_FUNCTION = 30  # code lines of its body


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


@pytest.mark.parametrize("name", [name for name in OPERATIONS if name.endswith("_backward")])
def test_a_backward_repeats_no_line_of_its_forward(name):
    assert not repeated_lines(OBJECTS[name], OBJECTS[name.removesuffix("_backward")])


def repeated_lines(backward, forward):
    """List the lines that say the same twice; headings, examples and short ends of lines may."""
    said = {line.strip() for line in inspect.getdoc(forward).splitlines()}
    lines = [line.strip() for line in inspect.getdoc(backward).splitlines()]
    prose = [line for line in lines if len(line) > 25 and not line.startswith(">>>")]
    return [line for line in prose if line in said]


def test_a_repeated_line_would_be_seen():
    def forward():
        """Add.

        Goodfellow, 2016, Deep Learning, section 6.1.
        """

    assert repeated_lines(forward, forward) == ["Goodfellow, 2016, Deep Learning, section 6.1."]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_notebooks_that_are_named_are_there(path):
    for notebook in re.findall(r"notebooks/\d\d_\w+\.ipynb", path.read_text(encoding="utf-8")):
        assert (ROOT / notebook).is_file()


def docstring_lines(tree):
    """Find the lines that a docstring of a module, class or function takes."""
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    nodes = [node for node in ast.walk(tree) if isinstance(node, documented)]
    strings = [node.body[0] for node in nodes if ast.get_docstring(node, clean=False) is not None]
    return {n for string in strings for n in range(string.lineno, string.end_lineno + 1)}


def code_lines(text):
    """Find the lines that hold code: no docstring, no comment alone, nothing empty."""
    no_code = (
        tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT,
        tokenize.ENDMARKER,
    )  # fmt: skip
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    spans = [(token.start[0], token.end[0]) for token in tokens if token.type not in no_code]
    lines = {line for first, last in spans for line in range(first, last + 1)}
    return lines - docstring_lines(ast.parse(text))


def lengths_of_functions(text):
    """Count the code lines in the body of each function."""
    code = code_lines(text)
    found = (ast.FunctionDef, ast.AsyncFunctionDef)
    functions = [node for node in ast.walk(ast.parse(text)) if isinstance(node, found)]
    return {
        function.name: sum(function.body[0].lineno <= n <= function.end_lineno for n in code)
        for function in functions
    }


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_and_functions_are_short(path):
    text = path.read_text(encoding="utf-8")
    assert len(code_lines(text)) <= LONGEST_FILE
    lengths = lengths_of_functions(text)
    assert not {name: n for name, n in lengths.items() if n > LONGEST_FUNCTION}


def test_only_code_counts():
    text = (
        '"""What it is.\n\nMore.\n"""\n\n# why\nX = """a\nb"""\n\n\ndef f(\n    x,\n):\n'
        '    """Do it."""\n    # because\n    y = (  # (N,)\n        x\n    )\n\n    return y\n'
    )
    assert len(code_lines(text)) == 2 + 3 + 4
    assert lengths_of_functions(text) == {"f": 4}
