"""Room that stays where widgets come and go."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget


def keep_room(*widgets: QWidget) -> None:
    """Leave the room of widgets empty while they are hidden, so that nothing moves when they come and go."""
    for widget in widgets:
        policy = widget.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        widget.setSizePolicy(policy)
