"""Which module may import which: the arrows run one way, and nothing heavy comes unasked."""

import ast
import subprocess
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "course_lib"
# A part of the package imports from its own level, without a cycle, and from those above it here.
LEVELS = (
    ("errors", "exports", "files", "holdings", "processes", "threads"),
    ("checks", "option_types", "selection", "shapes", "terminal", "unchanged"),
    ("contracts",),
    ("numpy_ops", "torch_ops", "gradcheck"),
    ("datasets", "models", "numpy_nn", "parity"),
    ("analysis", "training"),
    (
        "bench",
        "contents",
        "course_folder",
        "exercises",
        "gpu_report",
        "lab",
        "lecture",
        "live",
        "plots",
    ),
    ("lessons",),
    ("cli", "__main__"),
)
LEVEL = {part: number for number, parts in enumerate(LEVELS) for part in parts}


def read_modules(folder):
    """Map the dotted name of each module below a package to its syntax tree."""
    modules = {}
    for path in sorted(folder.rglob("*.py")):
        parts = (folder.name, *path.relative_to(folder).with_suffix("").parts)
        name = ".".join(parts).removesuffix(".__init__")
        modules[name] = ast.parse(path.read_text(encoding="utf-8"))
    return modules


def imports_of(tree, known):
    """List the modules of `known` that a module imports, in functions too; strings count.

    A string that is exactly the name of a module may be handed to importlib.
    """
    named = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            named |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports are not read here"
            named |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module}
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            named.add(node.value)
    return named & known


def import_graph(modules):
    """Map each module to those it imports; a package is named only where nothing in it is."""
    graph = {}
    for name, tree in modules.items():
        found = imports_of(tree, modules.keys()) - {name}
        graph[name] = {
            target for target in found
            if not any(other.startswith(f"{target}.") for other in found)
        }  # fmt: skip
    return graph


MODULES = read_modules(PACKAGE)
GRAPH = import_graph(MODULES)


def part_of(module):
    """Name the file or folder below `course_lib` that a module belongs to; None for the root."""
    return module.split(".")[1] if "." in module else None


def graph_of_parts(graph):
    parts = {}
    for name, targets in graph.items():
        if part_of(name) is not None:
            others = {part_of(target) for target in targets} - {part_of(name), None}
            parts.setdefault(part_of(name), set()).update(others)
    return parts


@pytest.mark.parametrize("graph", [GRAPH, graph_of_parts(GRAPH)], ids=["modules", "parts"])
def test_no_cycle_not_even_a_lazy_one(graph):
    TopologicalSorter(graph).prepare()


@pytest.mark.parametrize("part", graph_of_parts(GRAPH))
def test_the_arrows_run_one_way(part):
    assert part in LEVEL, f"{part} has no place in LEVELS"
    against = {other for other in graph_of_parts(GRAPH)[part] if LEVEL[other] > LEVEL[part]}
    assert not against


def test_nobody_but_lessons_imports_a_lesson_and_no_lesson_another():
    lessons = {
        (name, target) for name, targets in GRAPH.items() for target in targets
        if part_of(target) == "lessons" and name.split(".")[:3] != target.split(".")[:3]
    }  # fmt: skip
    assert not lessons


def names_lessons(tree):
    """Tell whether a module spells out the package of the lessons anywhere but in docstrings."""
    docstrings = {
        id(node.body[0].value) for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node)
    }  # fmt: skip
    texts = [n for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    return any("course_lib.lessons" in t.value for t in texts if id(t) not in docstrings)


def test_one_place_alone_finds_a_lesson_by_its_name():
    places = [
        name for name, tree in MODULES.items()
        if part_of(name) != "lessons" and names_lessons(tree)
    ]  # fmt: skip
    assert places == ["course_lib.exercises.lookup"]


SOURCES = {
    "a": "from course_lib import b",
    "b": "def f():\n    from course_lib.c import x",
    "c": 'NAMES = ["course_lib.a"]',
}


def test_a_cycle_through_a_function_and_a_string_would_be_seen():
    modules = {f"course_lib.{name}": ast.parse(text) for name, text in SOURCES.items()}
    with pytest.raises(CycleError):
        TopologicalSorter(import_graph(modules)).prepare()


@pytest.mark.parametrize(
    ("imported", "unwanted"),
    [
        ("course_lib", {"numpy", "torch", "matplotlib", "sklearn", "scipy"}),
        ("course_lib.cli", {"numpy", "torch", "matplotlib", "nbconvert"}),
        ("course_lib.numpy_ops", {"torch", "matplotlib"}),
        ("course_lib.numpy_nn", {"torch", "matplotlib"}),
        ("course_lib.contracts.losses", {"torch", "numpy"}),
    ],
)
def test_nothing_heavy_is_loaded_unasked(imported, unwanted):
    code = f"import sys, {imported}; print(*({unwanted!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
