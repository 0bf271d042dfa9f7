"""Run `python -m course_lib.bench`."""

from course_lib.bench import main

raise SystemExit(main())
