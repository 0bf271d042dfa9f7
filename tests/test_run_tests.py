"""The summary of the test runner."""

from tools.run_tests import ALL_CORES, Outcome, by_notebook, counts, environment, summary

REPORT = """<testsuites><testsuite name="pytest" tests="3" failures="1" errors="0" skipped="0">
<testcase classname="notebooks.02_convolution.ipynb" name="Cell 0" time="1.5" />
<testcase classname="notebooks.02_convolution.ipynb" name="Cell 1" time="2.0" />
<testcase classname="tests.test_cli" name="test_version" time="9.0" />
</testsuite></testsuites>"""


def test_seconds_of_each_notebook_are_added_up(tmp_path):
    report = tmp_path / "report.xml"
    report.write_text(REPORT)
    assert by_notebook(report) == {"02_convolution": 3.5}
    assert by_notebook(tmp_path / "none.xml") == {}
    assert counts(report) == "3 tests, 1 failed, 0 skipped"


def test_summary_names_notebooks_and_failures():
    outcomes = [Outcome("notebooks", False, "3 tests", 60.0, {"02_convolution": 3.5})]
    text = summary(outcomes, None)
    assert "FAILED" in text and "1.0 min" in text
    assert any(line.split() == ["02_convolution", "4", "s"] for line in text.splitlines())


def test_all_cores_means_what_a_learner_has(tmp_path, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.setenv("COURSE_NUM_THREADS", "1")
    assert not [k for k in environment(tmp_path, one_thread=False) if k.endswith("NUM_THREADS")]
    assert environment(tmp_path, one_thread=True)["OMP_NUM_THREADS"] == "1"
    assert not ALL_CORES.one_thread
