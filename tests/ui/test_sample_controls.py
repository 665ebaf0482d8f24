"""The line of editors over samples, by itself."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QLabel

from genstudio.ui.sample_controls import SampleControls
from genstudio.ui.theme import Theme


def test_the_temperature_of_noise_alone_is_called_truncation_and_acts_as_before(
    show_alone: Callable[..., SampleControls], theme: Theme
) -> None:
    controls = show_alone(SampleControls(theme), 700, 60)
    editor = controls.fields["temperature"].editors()[0]

    def shown() -> list[str]:
        texts = [label.text() for label in controls.findChildren(QLabel)]
        return [text for text in texts if text in ("Temperature", "Truncation")]

    assert shown() == ["Temperature"]
    controls.call_truncation(True)
    assert shown() == [editor.accessibleName()] == ["Truncation"]
    assert "nearer to its middle" in editor.toolTip()
    controls.fields["temperature"].set_value(0.5)
    assert controls.wish.temperature == 0.5
    controls.call_truncation(False)
    assert shown() == [editor.accessibleName()] == ["Temperature"]
