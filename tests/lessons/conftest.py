"""Figures of a test are drawn without a screen; what a widget opens, it must close."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest


@pytest.fixture(autouse=True)
def closed_figures():
    mpl.use("Agg")
    yield
    plt.close("all")


@pytest.fixture
def no_figure_stays_open(closed_figures):
    yield
    assert plt.get_fignums() == []
