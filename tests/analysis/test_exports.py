"""What `course_lib.analysis` exports: functions, whichever import comes first, and no torch."""

import subprocess
import sys

import pytest

from course_lib import analysis

NO_TORCH = "import sys; assert 'torch' not in sys.modules"
FILE_FIRST = """
from course_lib.analysis.complexity import complexity
from course_lib.analysis import complexity as exported, receptive_field
from course_lib.analysis.receptive_field import receptive_field as read_from_file
assert exported is complexity and receptive_field is read_from_file
"""


@pytest.mark.parametrize("name", analysis.__all__)
def test_every_export_is_a_function_or_class(name):
    assert callable(getattr(analysis, name))


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="has no attribute 'complexities'"):
        _ = analysis.complexities


@pytest.mark.parametrize(
    "program",
    [
        FILE_FIRST,
        f"import course_lib.analysis; {NO_TORCH}",
        f"from course_lib.analysis import shift_image; {NO_TORCH}",
    ],
    ids=["file-before-export", "package-without-torch", "numpy-without-torch"],
)
def test_imports_are_light_and_their_order_does_not_matter(program):
    assert subprocess.run([sys.executable, "-c", program]).returncode == 0
