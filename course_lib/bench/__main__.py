"""Run `python -m course_lib.bench`, which ends as `course bench` does."""

from course_lib.bench import main
from course_lib.terminal import run_command

raise SystemExit(run_command("course bench", main))
