from __future__ import annotations

from collections.abc import Iterator

import pytest

from genstudio.runs.workers import Workers


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    """A warm process for all tests of a module: it takes a second or two to start."""
    made = Workers()
    made.prepare()
    yield made
    made.close()
