"""What each column adds to a score, as bars that lie."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from numpy.typing import ArrayLike, NDArray
from PySide6.QtWidgets import QWidget

from genstudio.errors import DataError
from genstudio.ui.plots import gate
from genstudio.ui.plots.paint import faded
from genstudio.ui.plots.plot import Plot
from genstudio.ui.theme import Theme

_SHOWN_AT_MOST = 20
_LONGEST_NAME = 18


class Bars(Plot):
    """Named numbers as horizontal bars, the largest on top."""

    def __init__(self, theme: Theme, name: str = "bars", x_label: str = "", parent: QWidget | None = None) -> None:
        super().__init__(theme, name, parent)
        self._names: list[str] = []
        self._values = np.empty(0)
        self._bars = pg.BarGraphItem(x0=[], y=[], height=0.62, width=[])
        self.item.addItem(self._bars, ignoreBounds=True)
        self.item.showGrid(x=True, y=False, alpha=0.45)
        self.box.disableAutoRange()
        self.box.setMouseEnabled(x=False, y=False)
        self.set_labels(x_label, "")
        self.retheme()

    def set_values(self, names: Sequence[str], values: ArrayLike) -> None:
        """Show numbers; of very many the largest.

        Arguments:
            names: plain text.
            values: shape (N,), one a name.
        """
        found = gate.column(values, "bars")
        if len(found) != len(names):
            raise DataError(f"{len(names)} names were given for {len(found)} bars.")
        order = [int(place) for place in np.argsort(-np.nan_to_num(np.abs(found)))[:_SHOWN_AT_MOST]]
        self._names = [str(names[place]) for place in order]
        self._values = np.nan_to_num(found[order])
        self._draw()
        self.fit_view()

    def fit_view(self) -> None:
        """Show all bars from zero."""
        low, high = min(0.0, self._values.min(initial=0.0)), max(0.0, self._values.max(initial=0.0))
        spare = 0.06 * ((high - low) or 1.0)
        left = low - spare if low < 0 else 0.0
        self.set_bounds((left, high + spare, -0.6, max(len(self._values), 1) - 0.4))

    def arrays(self) -> dict[str, NDArray[np.float64]]:
        """The numbers, one array of shape (1,) a name."""
        return {name: self._values[place : place + 1] for place, name in enumerate(self._names)}

    def retheme(self) -> None:
        """Take up the theme's colours."""
        super().retheme()
        self._draw()

    def _draw(self) -> None:
        tokens = self.theme.tokens
        self._bars.setVisible(len(self._values) > 0)
        if len(self._values) == 0:
            # The library's bars fail on no colours at all.
            return
        rows = np.arange(len(self._values))[::-1].astype(np.float64)
        colours = [tokens.series[1] if value > 0 else tokens.series[0] for value in self._values]
        self._bars.setOpts(
            x0=np.zeros(len(rows)), y=rows, width=self._values, height=0.62,
            brushes=[pg.mkBrush(faded(colour, 0.75)) for colour in colours],
            pens=[pg.mkPen(colour) for colour in colours],
        )
        labels = [(float(row), _short(name)) for row, name in zip(rows, self._names, strict=True)]
        self.item.getAxis("left").setTicks([labels])


def _short(name: str) -> str:
    plain = " ".join(name.split())
    return plain if len(plain) <= _LONGEST_NAME else plain[: _LONGEST_NAME - 1] + "…"
