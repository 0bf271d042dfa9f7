"""Mistakes in how files are replaced."""

from mutants import mutants_of

MUTANTS = [
    *mutants_of(
        "course_lib/files.py",
        "tests/test_files.py",
        (
            "written in place",
            "        os.replace(beside, target)\n",
            "        target.write_bytes(content)\n        os.replace(beside, target)\n",
        ),
        ("a failed write leaves its rest", "        beside.unlink(missing_ok=True)\n", ""),
        ("links are replaced", "Path(os.path.realpath(path))", "Path(path)"),
        ("private permissions", "flags, 0o666)", "flags, 0o600)"),
        ("permissions forgotten", "if target.exists():", "if False:"),
    ),
]
