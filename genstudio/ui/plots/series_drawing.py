"""Draws columns over time in pixels of the axes, as many points as can be seen."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from genstudio.ui.data_views.cells import shortened
from genstudio.ui.plots.lanes import Lane, strip_room
from genstudio.ui.plots.paint import faded
from genstudio.ui.plots.prepared_series import PreparedSeries
from genstudio.ui.plots.series_picture import Band, Draws, SeriesPicture, merged, rows_in
from genstudio.ui.plots.series_strokes import paint_blocks, paint_shares, paint_strokes, write_words
from genstudio.ui.plots.state_colours import state_colour
from genstudio.ui.plots.state_runs import StateRuns
from genstudio.ui.tokens import Tokens

Floats = NDArray[np.float64]

# Smooth lines of more points than these cost a frame.
_SMOOTH_AT_MOST = 1_000
# Blocks are never wider than a pixel: no ground is seen between them.
_PX_A_BLOCK = 0.5
# Symbols are written where there is so much room for each.
_PX_A_WORD, _WORD, _UNDER_WORD = 12, 12, 0.15
# Points stand apart where there is so much room for each.
_PX_A_POINT = 6
_BEHIND, _SHADED, _BAND, _DRAW, _TITLE = 0.16, 0.2, 0.28, 0.45, 0.78
_LOW_PX = 48.0


class SeriesDrawing(pg.GraphicsObject):
    """Lanes of lines, and a strip of states at their foot.

    It stands on the view box itself and counts in its pixels, so that words and blocks keep their size.

    Arguments:
        box: along x it shows times.
    """

    def __init__(self, box: pg.ViewBox, tokens: Tokens) -> None:
        super().__init__()
        self.picture = SeriesPicture()
        self.colours: Sequence[QColor] | None = None
        self.behind = False
        self.lanes: tuple[Lane, ...] = ()
        self._box, self._tokens = box, tokens
        self.setParentItem(box)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.setZValue(10)

    def refresh(self) -> None:
        """The picture, the size or the view is another."""
        self.prepareGeometryChange()
        self.lanes = self.picture.lanes(self._lanes_height())
        self.update()

    def retheme(self, tokens: Tokens) -> None:
        """Take up the theme's colours."""
        self._tokens = tokens
        self.update()

    def set_behind(self, behind: bool) -> None:
        """Show states behind the lines as well, or not."""
        self.behind = behind
        self.update()

    def boundingRect(self) -> QRectF:
        """All of the axes."""
        return QRectF(self._box.rect())

    def pixels(self, times: Floats) -> Floats:
        """Where times lie, pixels from the left of the axes; the same shape."""
        first, last = self._box.viewRange()[0]
        found: Floats = (times - first) * (self._box.width() / (last - first))
        return found

    def colour(self, state: int) -> QColor:
        """The colour of a state."""
        given = self.colours
        return given[state] if given is not None and 0 <= state < len(given) else state_colour(self._tokens, state)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Ground first, then lines, then the strip."""
        painter.save()
        series = self.picture.series
        if series is not None and len(series) and self._box.width() > 1:
            self._paint_ground(painter, series)
            for place, lane in enumerate(self.lanes):
                self._paint_lane(painter, series, place, lane)
        painter.restore()

    # What lies behind.

    def _paint_ground(self, painter: QPainter, series: PreparedSeries) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        if self.picture.has_states:
            self._paint_states(painter, series)
        self._paint_intervals(painter)
        self._paint_starts(painter, series)

    def _paint_states(self, painter: QPainter, series: PreparedSeries) -> None:
        assert self.picture.states is not None
        first, last = series.rows_between(*self._box.viewRange()[0])
        rows, states = self.picture.states.runs(first, last, self._blocks())
        edges = np.clip(self.pixels(series.edges(rows)), -10.0, self._box.width() + 10.0)
        foot, width = self._lanes_height(), float(self._box.width())
        if self.behind:
            painter.setOpacity(_BEHIND)
            paint_blocks(painter, edges, states, self.colour, QRectF(0.0, 0.0, width, foot))
            painter.setOpacity(1.0)
        room = QRectF(0.0, foot, width, self._box.height() - foot)
        paint_blocks(painter, edges, states, self.colour, room)
        write_words(painter, edges, states, room, colour=self.colour, word=self.word)

    @property
    def title_px(self) -> float:
        """How much room the names of columns need beside their lines: over them there is none in low lanes."""
        if not self.lanes or self.lanes[0].bottom - self.lanes[0].top >= _LOW_PX:
            return 0.0
        metrics = QFontMetricsF(self._box.scene().font() if self._box.scene() is not None else QFont())
        widest = max(metrics.horizontalAdvance(shortened(lane.name)) for lane in self.lanes)
        return min(widest + 20.0, float(self._box.width()) / 4)

    def word(self, state: int) -> str:
        """What a state is called."""
        words = self.picture.words
        return shortened(words[state], 40) if 0 <= state < len(words) else str(state + 1)

    def _paint_intervals(self, painter: QPainter) -> None:
        first, last = self._box.viewRange()[0]
        seen = [(a, b) for a, b in self.picture.intervals if b >= first and a <= last]
        colour = faded(self._tokens.danger, _SHADED)
        for begin, end in merged(seen, (last - first) / self._box.width()):
            left, right = self.pixels(np.clip([begin, end], first, last))
            painter.fillRect(QRectF(left, 0.0, max(right - left, 1.5), self._lanes_height()), colour)

    def _paint_starts(self, painter: QPainter, series: PreparedSeries) -> None:
        """An upright line where a sequence begins."""
        first, last = series.rows_between(*self._box.viewRange()[0])
        seen = series.starts[(series.starts > first) & (series.starts < last)]
        if not 0 < len(seen) <= self._box.width() / 8:
            return
        painter.setPen(pg.mkPen(self._tokens.border_strong, style=Qt.PenStyle.DashLine))
        for x in self.pixels(series.edges(seen)):
            painter.drawLine(QPointF(x, 0.0), QPointF(x, self._lanes_height()))

    # Lines.

    def _paint_lane(self, painter: QPainter, series: PreparedSeries, place: int, lane: Lane) -> None:
        tokens = self._tokens
        painter.setPen(pg.mkPen(tokens.grid))
        if place:
            painter.drawLine(QPointF(0.0, lane.top - 3), QPointF(self._box.width(), lane.top - 3))
        for band in (band for band in self.picture.bands if band.column == place):
            self._paint_band(painter, lane, band)
        for draws in (draws for draws in self.picture.draws if draws.column == place):
            self._paint_draws(painter, lane, draws)
        if place in series.symbols:
            self._paint_symbols(painter, series, series.symbols[place], lane)
        else:
            self._paint_line(painter, series, place, lane)
        self._write_title(painter, lane)

    def _paint_line(self, painter: QPainter, series: PreparedSeries, place: int, lane: Lane) -> None:
        first, last = series.rows_between(*self._box.viewRange()[0])
        outline = series.columns[place].outline(first, last, self._blocks())
        if outline.rows == 1:
            self._paint_values(painter, series, lane, first, outline.lows)
            return
        ends = np.minimum(outline.starts + outline.rows, len(series)) - 1
        x = self.pixels((series.times[outline.starts] + series.times[ends]) / 2)
        tops, bottoms = lane.heights(outline.highs), lane.heights(outline.lows)
        paint_strokes(painter, self._line_colour(), x, tops, bottoms)

    def _paint_symbols(self, painter: QPainter, series: PreparedSeries, symbols: StateRuns, lane: Lane) -> None:
        """No lines: codes have no order. Each symbol has a row, and is written where there is room."""
        first, last = series.rows_between(*self._box.viewRange()[0])
        rows, shares = symbols.shares(first, last, self._blocks())
        edges, colour = self.pixels(series.edges(rows)), self._line_colour()
        top, foot = lane.heights(np.array([shares.shape[1] - 0.5, -0.5])).tolist()
        written = (last - first) * _PX_A_WORD <= self._box.width()
        shade = faded(colour.name(), _UNDER_WORD) if written else colour
        paint_shares(painter, shade, edges, shares, QRectF(0.0, top, self._box.width(), foot - top))
        if written:
            words = series.levels[lane.name]
            painter.setPen(colour)
            places = (edges[:-1] + edges[1:]) / 2
            for x, code in zip(places, symbols.states[first:last].tolist(), strict=True):
                if 0 <= code < len(words):
                    y = float(lane.heights(np.array([float(code)]))[0])
                    painter.drawText(QRectF(x - 40, y - 10, 80, 20), Qt.AlignmentFlag.AlignCenter, words[code][:_WORD])

    def _paint_values(
        self, painter: QPainter, series: PreparedSeries, lane: Lane, first: int, values: Floats
    ) -> None:
        x, y = self.pixels(series.times[first:first + len(values)]), lane.heights(values)
        many = len(values) * len(self.lanes) > _SMOOTH_AT_MOST
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, not many)
        painter.setPen(pg.mkPen(self._line_colour(), width=1 if many else 1.3))
        apart = len(values) * _PX_A_POINT <= self._box.width()
        self._paint_points(painter, x, y, np.isfinite(y) if apart else _alone(y))
        breaks = series.starts[(series.starts > first) & (series.starts < first + len(values))] - first
        _draw(painter, *_within(np.insert(x, breaks, np.nan), np.insert(y, breaks, np.nan), self._box.width()))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _paint_points(self, painter: QPainter, x: Floats, y: Floats, shown: NDArray[np.bool_]) -> None:
        colour = self._line_colour()
        painter.save()
        painter.setPen(QPen(colour, 4.0, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawPoints(QPolygonF([QPointF(a, b) for a, b in zip(x[shown], y[shown], strict=True)]))
        painter.restore()

    def _paint_band(self, painter: QPainter, lane: Lane, band: Band) -> None:
        part = rows_in(band.times, *self._box.viewRange()[0])
        x = self.pixels(band.times[part])
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        good = np.isfinite(band.low[part]) & np.isfinite(band.high[part])
        there, back = lane.heights(band.low[part])[good], lane.heights(band.high[part])[good][::-1]
        outline = [QPointF(a, b) for a, b in zip([*x[good], *x[good][::-1]], [*there, *back], strict=True)]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(faded(self._tokens.accent, _BAND))
        painter.drawPolygon(QPolygonF(outline))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(pg.mkPen(self._tokens.accent, width=2))
        _draw(painter, x, lane.heights(band.middle[part]))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _paint_draws(self, painter: QPainter, lane: Lane, draws: Draws) -> None:
        part = rows_in(draws.times, *self._box.viewRange()[0])
        x = self.pixels(draws.times[part])
        painter.setPen(pg.mkPen(faded(self._tokens.accent, _DRAW)))
        for values in draws.values[:, part]:
            _draw(painter, x, lane.heights(values))

    def _write_title(self, painter: QPainter, lane: Lane) -> None:
        """The column's name at the lane's top left, on a ground that lets it be read over lines."""
        metrics = QFontMetricsF(painter.font())
        name = metrics.elidedText(shortened(lane.name), Qt.TextElideMode.ElideRight, self._box.width() / 2)
        room = QRectF(6.0, lane.top, metrics.horizontalAdvance(name) + 8, min(metrics.height(), lane.bottom - lane.top))
        painter.fillRect(room, faded(self._tokens.plot, _TITLE))
        painter.setPen(QColor(self._tokens.muted))
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter, name)

    def _line_colour(self) -> QColor:
        """Of no state: colours tell states."""
        muted, text = QColor(self._tokens.muted), QColor(self._tokens.text)
        return QColor.fromRgbF(*((a + b) / 2 for a, b in zip(_parts(muted), _parts(text), strict=True)))

    def _lanes_height(self) -> float:
        height = float(self._box.height())
        return height - (strip_room(height) if self.picture.has_states else 0.0)

    def _blocks(self) -> int:
        return max(16, round(float(self._box.width()) / _PX_A_BLOCK))


def _parts(colour: QColor) -> tuple[float, float, float]:
    return colour.redF(), colour.greenF(), colour.blueF()


def _draw(painter: QPainter, x: Floats, y: Floats) -> None:
    if len(x) > 1:
        painter.drawPath(pg.arrayToQPath(x, y, connect="finite"))


def _alone(values: Floats) -> NDArray[np.bool_]:
    """Which values have a gap on either side: no line shows them."""
    known = np.concatenate([[False], np.isfinite(values), [False]])
    alone: NDArray[np.bool_] = known[1:-1] & ~known[:-2] & ~known[2:]
    return alone


def _within(x: Floats, y: Floats, width: float) -> tuple[Floats, Floats]:
    """The ends of a line drawn in to near the axes: painting cannot count pixels that are far beyond them."""
    for end, beside, limit in ((0, 1, -width), (-1, -2, 2 * width)):
        if len(x) > 1 and abs(x[end] - limit) > width and (x[end] < limit) == (end == 0):
            share = (limit - x[end]) / (x[beside] - x[end])
            x[end], y[end] = limit, y[end] + share * (y[beside] - y[end])
    return x, y
