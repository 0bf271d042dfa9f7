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
        "course_lib/terminal.py",
        "tests/test_cli_input.py",
        ("a name of a file breaks the line",
         "if unicodedata.category(character) in STEERING", "if False"),
        ("without stderr the sentence is output", "    if sys.stderr is not None:", "    if True:"),
        ("too little memory is a traceback", "except MemoryError", "except NotADirectoryError"),
    ),
    *mutants_of(
        "course_lib/cli.py",
        "tests/test_cli_input.py",
        ("-- is a value", 'and argument.endswith("=--")', "and False"),
        ("an empty shape is none", "if options.input is None else", "if not options.input else"),
    ),
    *mutants_of(
        "course_lib/selection.py",
        "tests/test_cli_input.py",
        ("options without effect are taken",
         "!= getattr(without, name, None)", "!= getattr(options, name)"),
    ),
    *mutants_of(
        "course_lib/option_types.py",
        "tests/test_cli_input.py",
        ("an infinite rate", "if not 0 <= number < math.inf:", "if not 0 <= number:"),
        ("a negative rate", "if not 0 <= number < math.inf:", "if not number < math.inf:"),
        ("~ is a name", "Path(text).expanduser()", "Path(text)"),
    ),
    *mutants_of(
        "course_lib/analysis/own_network.py",
        "tests/test_cli_input.py",
        ("a file sees the options of the command", "sys.argv = [path]", "pass"),
        ("modules beside a file are not found",
         "sys.path.insert(0, folder)", "sys.path.insert(0, path)"),
        ("a file may end the program", "except (Exception, SystemExit)", "except Exception"),
    ),
    *mutants_of(
        "course_lib/numpy_nn/graph/refusals.py",
        "tests/numpy_nn/test_graph_surroundings.py",
        ("torch prints the traceback of a refusal",
         "        return False\n\n    LOUD", "        return True\n\n    LOUD"),
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
