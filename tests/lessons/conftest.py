"""Fixtures that tests of several lessons share."""

import pytest
import torch


@pytest.fixture
def one_thread():
    """Let PyTorch work on one thread, as small networks train fastest."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)
