"""The symbol of each class, as the plots draw it, for buttons."""

from __future__ import annotations

import pyqtgraph as pg
from pyqtgraph.graphicsItems.ScatterPlotItem import renderSymbol
from PySide6.QtGui import QIcon, QPixmap

from genstudio.ui.plots.paint import series_colour, series_symbol
from genstudio.ui.tokens import Tokens

_ICON_PX = 28
_ICON_SCALE = 2.0


def class_icon(code: int, tokens: Tokens) -> QIcon:
    """The symbol of a class in its colour."""
    image = renderSymbol(series_symbol(code), _ICON_PX - 4, pg.mkPen(None), pg.mkBrush(series_colour(tokens, code)))
    pixmap = QPixmap.fromImage(image)
    pixmap.setDevicePixelRatio(_ICON_SCALE)
    return QIcon(pixmap)
