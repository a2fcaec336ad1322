"""Marks of the integration tests."""

from __future__ import annotations

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """Name the mark, so that a misspelled one is an error."""
    config.addinivalue_line("markers", "slow: takes minutes or needs the network")
