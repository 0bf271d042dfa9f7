"""Mistakes in what becomes of the output of a command."""

from mutants import mutants_of

MUTANTS = [
    *mutants_of(
        "course_lib/terminal.py",
        "tests/test_terminal.py",
        ("a narrow terminal gets nothing", "        _print_anything(stream)\n", "        pass\n"),
        ("flushed at the end of Python", "            sys.stdout.flush()", "            pass"),
        ("a closed pipe is told", "        return CLOSED\n", "        raise\n"),
        ("10⁶ becomes 106", 'return f"^{same}"', "return same"),
        ("mistakes are hidden", "if problem.errno not in PLACE_ERRORS:", "if False:"),
    ),
    *mutants_of(
        "course_lib/parity/networks.py",
        "tests/parity/test_networks.py",
        ("small sizes are not tried",
         "    except (RuntimeError, ValueError):\n        return network",
         "    except (RuntimeError, ValueError):\n        raise\n        return network"),
        ("always its own size", "size is None or size >= min", "True or size >= min"),
    ),
]  # fmt: skip
