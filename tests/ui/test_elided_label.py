from __future__ import annotations

from pytestqt.qtbot import QtBot

from genstudio.ui.elided_label import ElidedLabel


def test_a_long_text_is_shortened_and_comes_back(qtbot: QtBot) -> None:
    label = ElidedLabel("A <b>title</b> that takes some room")
    qtbot.addWidget(label)
    label.show()
    label.setContentsMargins(12, 0, 0, 0)
    label.resize(72, 20)
    assert label.text().endswith("…")
    assert label.fontMetrics().horizontalAdvance(label.text()) <= 60
    assert "&lt;b>title" in label.toolTip()
    label.resize(600, 20)
    assert label.text() == label.whole_text() == "A <b>title</b> that takes some room"
    assert label.toolTip() == ""


def test_it_can_shrink_to_nothing(qtbot: QtBot) -> None:
    label = ElidedLabel("text")
    qtbot.addWidget(label)
    assert label.minimumSizeHint().width() == 0
