"""Mistakes in the exercises: in what a learner is told, and in the record."""

from mutants import mutants_of

CHECKING, STORAGE = "tests/exercises/test_checking.py", "tests/exercises/test_storage.py"

SURROUNDINGS = "tests/exercises/test_surroundings.py"

MUTANTS = [
    *mutants_of(
        "course_lib/exercises/stubs.py",
        CHECKING,
        ("None alone makes a stub", "only_constants = bool(given_back) and", "only_constants ="),
        ("any constant is no attempt", "return only_constants and (", "return only_constants or ("),
        ("return ... is an attempt", " or given_back[-1] is ...)", ")"),
    ),
    *mutants_of(
        "course_lib/exercises/checking.py",
        CHECKING,
        ("exit gets out", "    except SystemExit:\n", "    except ZeroDivisionError:\n"),
        ("a missing return is a stub", "    if does_nothing(attempt):", "    if True:"),
        ("a verdict is always true", "return self.status == SOLVED", "return True"),
        ("infinity forgives all", "finite = expected[np.isfinite(expected)]", "finite = expected"),
        ("a failing answer gets out", "    except BaseException as error:\n        # An", "    "
         "except ValueError as error:\n        # An"),
    ),
    *mutants_of(
        "course_lib/exercises/checking.py",
        SURROUNDINGS,
        ("what changes NumPy is judged by it", "    if changed:\n", "    if False:\n"),
        ("a result changes later", "taken(function(*inputs))", "function(*inputs)"),
        ("nobody waits", "        received.close()", "        pass"),
    ),
    *mutants_of(
        "course_lib/exercises/surroundings.py",
        SURROUNDINGS,
        ("the output is closed", "(stream and _Open(stream) for stream in streams)", "streams"),
        ("the output is kept by others", "        sys.stdout, sys.stderr = streams\n", ""),
        ("NumPy stays changed", "vars(np).update({name", "dict().update({name"),
    ),
    *mutants_of(
        "course_lib/exercises/numbers.py",
        SURROUNDINGS,
        ("a gradient is no number", "tensor = value.detach().cpu()", "tensor = value.cpu()"),
        ("a fraction is no number", "if array.dtype == object and", "if False and"),
    ),
    *mutants_of(
        "course_lib/exercises/diagnosis.py",
        SURROUNDINGS,
        ("a part is looked for everywhere", "places.prod() > MOST_PLACES", "False"),
    ),
    *mutants_of(
        "course_lib/exercises/limits.py",
        CHECKING,
        ("no time limit", "and time.monotonic() < end", ""),
        ("goes on behind", "            _stop(thread)\n", "            pass\n"),
        ("settings are lost", "target=settings.run, args=(run,)", "target=run"),
    ),
    *mutants_of(
        "course_lib/exercises/__init__.py",
        CHECKING,
        ("demonstrations are noted", "if record else None", "if True else None"),
        ("never raises", "if raise_on_failure and not verdict:", "if False:"),
    ),
    *mutants_of(
        "course_lib/exercises/storage.py",
        STORAGE,
        ("no lock", "        with locked(path):\n", "        if True:\n"),
        ("~ is a folder", "return path.expanduser()", "return path"),
        ("a damaged file is replaced", "_set_aside(path) if damaged", "path if damaged"),
        ("nothing is read from it", '{"exercises": _salvage(raw)}', '{"exercises": {}}'),
        ("a BOM is damage", "json.loads(raw)", 'json.loads(raw.decode("utf-8"))'),
        ("a newer file is changed", "KNOWN_VERSIONS = (1, VERSION)", "KNOWN_VERSIONS = (1, 2, 3)"),
        ("unreadable is empty", "    except FileNotFoundError:\n", "    except OSError:\n"),
        ("unknown entries go", "content | {\"version\"", "{\"exercises\": content[\"exercises\"], "
         "\"version\""),
    ),
]  # fmt: skip
