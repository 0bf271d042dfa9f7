"""Why the initializers have no cases: the twins draw from different generators."""

from course_lib.parity.cases import Case

CASES: list[Case] = []

_RANDOM = "random: the twins' generators differ, so their moments are compared"
_NUMBER = "returns plain numbers, compared exactly"

# Every operation without a case, and the reason; tests/parity/test_initialization.py does it.
NOT_COMPARED = {
    "fan_in_and_fan_out": _NUMBER,
    "calculate_gain": _NUMBER,
    "lecun_normal": _RANDOM,
    "xavier_normal": _RANDOM,
    "xavier_uniform": _RANDOM,
    "he_normal": _RANDOM,
    "he_uniform": _RANDOM,
    "orthogonal": _RANDOM,
}
