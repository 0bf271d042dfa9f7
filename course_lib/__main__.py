"""Make `python -m course_lib` the same as `course`."""

import sys

from course_lib.cli import main

sys.exit(main())
