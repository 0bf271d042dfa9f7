"""Is PyTorch right and fast on this machine's GPU? One report, `course gpu-report`.

It holds the GPU to NumPy, in four precisions, and times `training.fit` beside a bare loop. On a
machine without a GPU the same code runs in a small form on the CPU.
"""

from course_lib.gpu_report.making import Report, make_report
from course_lib.gpu_report.plan import FULL, SMALL, Plan
from course_lib.gpu_report.writing import as_json, as_markdown, progress_line

__all__ = [
    "FULL",
    "SMALL",
    "Plan",
    "Report",
    "as_json",
    "as_markdown",
    "make_report",
    "progress_line",
]
