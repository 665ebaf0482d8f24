from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from genstudio.errors import DataError
from genstudio.ui.messages import IDLE, KEPT, Messages, MessageStrip
from genstudio.ui.theme import Theme


@pytest.fixture
def strip(theme: Theme, qtbot: QtBot) -> MessageStrip:
    messages = Messages()
    found = MessageStrip(messages, theme)
    found.kept = messages  # type: ignore[attr-defined]
    qtbot.addWidget(found)
    found.resize(700, 34)
    found.show()
    return found


def text(strip: MessageStrip) -> str:
    label = strip.findChild(QLabel, "messages.text")
    assert label is not None
    return label.text()


def test_errors_in_their_own_words(strip: MessageStrip) -> None:
    messages: Messages = strip.kept  # type: ignore[attr-defined]
    messages.show_error(DataError("Nothing there.", "Open a file."))
    assert text(strip) == "Nothing there. Open a file."
    messages.show_error(KeyError("x"))
    assert "inside the program (KeyError" in text(strip)
    copy = strip.findChild(QToolButton, "messages.copy")
    QTest.mouseClick(copy, Qt.MouseButton.LeftButton)
    assert "KeyError" in QApplication.clipboard().text()


def test_the_same_again_is_counted(strip: MessageStrip) -> None:
    messages: Messages = strip.kept  # type: ignore[attr-defined]
    height = strip.height()
    for _ in range(3):
        messages.show("alarm", "Again\nand again")
    assert text(strip) == "Again and again  (×3)"
    assert strip.height() == height, "nothing jumps"
    for i in range(2 * KEPT):
        messages.show("info", str(i))
    assert len(messages.all) == KEPT


def test_dismissing(strip: MessageStrip) -> None:
    messages: Messages = strip.kept  # type: ignore[attr-defined]
    messages.show("info", "<b>x</b>")
    close = strip.findChild(QToolButton, "messages.close")
    assert close is not None
    QTest.mouseClick(close, Qt.MouseButton.LeftButton)
    assert text(strip) == IDLE
    assert not close.isVisible()


def test_an_offer_is_taken_once(strip: MessageStrip) -> None:
    messages: Messages = strip.kept  # type: ignore[attr-defined]
    taken: list[bool] = []
    messages.show_error(DataError("No room.", "Save elsewhere."), ("Save as…", lambda: taken.append(True)))
    offer = strip.findChild(QPushButton, "messages.offer")
    assert offer is not None
    assert offer.text() == "Save as…"
    QTest.mouseClick(offer, Qt.MouseButton.LeftButton)
    assert taken == [True]
    assert not offer.isVisible()


def test_what_is_true_no_more_is_withdrawn(strip: MessageStrip) -> None:
    messages: Messages = strip.kept  # type: ignore[attr-defined]
    messages.show("info", "`x` taken as the label.")
    messages.withdraw(["of other data"])
    assert text(strip) == "`x` taken as the label."
    messages.withdraw(["`x` taken as the label."])
    assert text(strip) == IDLE
