"""The colours of states, the same wherever states are shown."""

from __future__ import annotations

from PySide6.QtGui import QColor

from genstudio.ui.plots.paint import series_colour
from genstudio.ui.tokens import Tokens

# After all series colours have been used, they come again lighter, then darker.
_ROUNDS = (100, 135, 74)


def state_colour(tokens: Tokens, state: int) -> QColor:
    """The colour of a state, counted from 0; of none (-1) that of nothing."""
    if state < 0:
        return QColor(0, 0, 0, 0)
    colour = series_colour(tokens, state)
    return colour.lighter(_ROUNDS[state // len(tokens.series) % len(_ROUNDS)])


def state_colours(tokens: Tokens, count: int) -> tuple[QColor, ...]:
    """The colours of the states 0 to `count` - 1; 24 of them differ."""
    return tuple(state_colour(tokens, state) for state in range(count))


def ink_on(ground: QColor) -> QColor:
    """Black or white, whichever can be read on a colour."""
    return QColor("#101216" if ground.lightnessF() * 0.3 + ground.greenF() * 0.7 > 0.5 else "#ffffff")
