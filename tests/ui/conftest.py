from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from genstudio.ui.theme import Theme


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    """The dark theme, put on; taken off again for the next test."""
    found = Theme(qapp, "dark")
    found.apply()
    yield found
    qapp.setStyleSheet("")
    found.deleteLater()
