"""Run `python -m course_lib.bench`, which words bad input as `course bench` does."""

import sys

from course_lib.bench import main
from course_lib.errors import InvalidType, InvalidValue

try:
    status = main()
except (InvalidType, InvalidValue) as problem:
    print(f"course bench: {problem}", file=sys.stderr)
    status = 2
raise SystemExit(status)
