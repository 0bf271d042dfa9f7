"""Memory that is used again."""

import platform
import subprocess
import sys

import pytest

STEPS = """
import resource
import numpy as np
{imports}

def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt

def step():
    return sum(array[0] for array in [np.ones(1 << 18) for _ in range(4)])  # 8 MB, then freed

for _ in range(3):
    step()
before = faults()
for _ in range(10):
    step()
print(faults() - before)
"""


def page_faults(imports):
    command = [sys.executable, "-c", STEPS.format(imports=imports)]
    return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


@pytest.mark.skipif(
    platform.libc_ver()[0] != "glibc", reason="only glibc gives memory back so soon"
)
def test_freed_memory_is_kept_for_the_next_step():
    assert page_faults("import course_lib.numpy_ops") < 0.1 * page_faults("")
