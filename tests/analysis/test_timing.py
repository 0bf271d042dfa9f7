"""analysis.timing: turns, and the shortest of them."""

import pytest

from course_lib.analysis import timing


def test_calls_take_turns_and_the_shortest_counts(monkeypatch):
    clock = iter([0.0, 5.0, 10.0, 11.0, 20.0, 22.0, 30.0, 37.0])
    monkeypatch.setattr(timing.time, "perf_counter", lambda: next(clock))
    order = []
    calls = {"a": lambda: order.append("a"), "b": lambda: order.append("b")}
    assert timing.shortest_times(calls, rounds=2) == {"a": 2.0, "b": 1.0}
    assert order == ["a", "b", "a", "b"]


@pytest.mark.parametrize(
    "calls, rounds, error",
    [
        pytest.param({}, 3, ValueError, id="no-calls"),
        pytest.param({"a": int}, 0, ValueError, id="no-rounds"),
        pytest.param({"a": int}, 2.5, TypeError, id="half-rounds"),
    ],
)
def test_bad_input_is_named(calls, rounds, error):
    with pytest.raises(error, match=r"^shortest_times received"):
        timing.shortest_times(calls, rounds=rounds)
