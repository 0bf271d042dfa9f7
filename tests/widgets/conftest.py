"""Widgets draw without a screen; every figure they open must be closed again."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest


@pytest.fixture(autouse=True)
def no_figure_stays_open():
    mpl.use("Agg")
    yield
    left = plt.get_fignums()
    plt.close("all")
    assert left == []
