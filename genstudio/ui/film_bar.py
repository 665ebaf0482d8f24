"""The line under the panels on which former moments of a training are shown again."""

from __future__ import annotations

import bisect
import time

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QStyle, QStyleOptionSlider, QToolButton, QWidget

from genstudio.ui.icons import bind_icon
from genstudio.ui.plain_table import quiet_button
from genstudio.ui.plots.throttle import Throttle
from genstudio.ui.session_model import SessionModel
from genstudio.ui.theme import Theme

PLAY_SECONDS = 10.0
"""So long the whole film takes, however long the training took."""
FRAME_MS = 33
REFRESH_MS = 200
_BACK = (Qt.Key.Key_Left, Qt.Key.Key_Down)
_ON = (Qt.Key.Key_Right, Qt.Key.Key_Up)


class FilmSlider(QSlider):
    """A slider over steps that goes where it is clicked, and by keys and wheel from one moment to the next.

    Signals:
        stepped: to the next moment (1) or the one before (-1).
    """

    stepped = Signal(int)

    def __init__(self) -> None:
        super().__init__(Qt.Orientation.Horizontal)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go from moment to moment."""
        if event.key() in (*_BACK, *_ON):
            self.stepped.emit(1 if event.key() in _ON else -1)
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """So does the wheel."""
        if event.angleDelta().y():
            self.stepped.emit(1 if event.angleDelta().y() > 0 else -1)
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The handle jumps under the mouse, to be dragged from there."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderPosition(self._value_at(round(event.position().x())))
        super().mousePressEvent(event)

    def _value_at(self, x: int) -> int:
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        part = QStyle.SubControl.SC_SliderHandle
        handle = self.style().subControlRect(QStyle.ComplexControl.CC_Slider, option, part, self).width()
        return QStyle.sliderValueFromPosition(
            self.minimum(), self.maximum(), x - handle // 2, max(1, self.width() - handle)
        )


class FilmBar(QWidget):
    """Plays and scrubs the film of the shown run; hidden until there are two moments of it."""

    def __init__(self, model: SessionModel, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("film")
        self._model, self._film = model, model.watching
        self.slider = FilmSlider()
        self.slider.setObjectName("film.slider")
        self.slider.setAccessibleName("Moment of the training")
        self.slider.setToolTip(
            "How everything looked earlier in this training; arrows go from moment to moment, Escape goes back to now"
        )
        self.play = _play_button()
        self._play_icon = bind_icon(self.play, theme, "play")
        self.label = QLabel()
        self.label.setObjectName("film.step")
        self.label.setProperty("role", "muted")
        self.live = quiet_button(theme, "film.live", "live", "Live", "Show everything as it is now (Escape)")
        self._lay_out()
        self._timer = QTimer(self)
        self._timer.setInterval(FRAME_MS)
        self._timer.timeout.connect(self._on_frame)
        self._began = 0.0
        self._refresh_soon = Throttle(self.refresh, REFRESH_MS, self)
        self._connect()
        self.refresh()

    def refresh(self) -> None:
        """Show which moments there are, and which one is shown."""
        moments, step = self._film.moments, self._film.step
        self.setVisible(len(moments) > 1)
        if len(moments) < 2:
            self._stop_playing()
            return
        self.slider.blockSignals(True)
        self.slider.setRange(moments[0], moments[-1])
        self.slider.setPageStep(max(1, (moments[-1] - moments[0]) // 10))
        if not self.slider.isSliderDown():
            self.slider.setValue(moments[-1] if step is None else step)
        self.slider.blockSignals(False)
        self.live.setEnabled(step is not None)
        self._say(moments[-1] if step is None else step)

    def event(self, event: QEvent) -> bool:
        """Take Escape from the window, which would stop the training, while a former moment is shown."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._gives_up(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape goes back to now."""
        if self._gives_up(event):
            self._model.scrub(None)
        else:
            super().keyPressEvent(event)

    def _lay_out(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 2, 8, 2)
        layout.setSpacing(8)
        layout.addWidget(self.play)
        layout.addWidget(self.slider, 1)
        layout.addWidget(self.label)
        layout.addWidget(self.live)

    def _connect(self) -> None:
        self.slider.valueChanged.connect(self._on_moved)
        self.slider.stepped.connect(self._on_stepped)
        self.play.toggled.connect(self._on_play)
        self.live.clicked.connect(lambda: self._model.scrub(None))
        self._film.filmed.connect(self._refresh_soon)
        self._film.scrubbed.connect(self._on_scrubbed)

    def _say(self, step: int) -> None:
        run = self._model.current
        if run is not None:
            name, last = run.model.info.step_name, max(step, run.history.step)
            self.label.setText(f"{name} {step:,}" + ("" if self._film.step is None else f" of {last:,}"))
            # Longer texts widen the label, and shorter ones leave it so: the slider must not tremble.
            self.label.setMinimumWidth(max(self.label.minimumWidth(), self.label.sizeHint().width()))

    def _gives_up(self, event: QKeyEvent) -> bool:
        return event.key() == Qt.Key.Key_Escape and self._film.step is not None

    def _on_scrubbed(self) -> None:
        if self._film.step is None:
            self._stop_playing()
        self.refresh()

    def _on_moved(self, step: int) -> None:
        self._stop_playing()
        # Whoever goes to the end wants to see what comes.
        self._model.scrub(None if step >= self.slider.maximum() else step)

    def _on_stepped(self, way: int) -> None:
        self._stop_playing()
        moments = self._film.moments
        place = self._place(moments) + way
        if place < len(moments):
            self._model.scrub(None if place == len(moments) - 1 else moments[max(place, 0)])

    def _place(self, moments: list[int]) -> int:
        step = self._film.step
        return len(moments) - 1 if step is None else max(0, bisect.bisect_right(moments, step) - 1)

    # Playing.

    def _on_play(self, on: bool) -> None:
        self._play_icon.show("pause" if on else "play")
        if not on:
            self._timer.stop()
            return
        moments = self._film.moments
        place = self._place(moments)
        begin = 0.0 if place >= len(moments) - 1 else place / len(moments)
        self._began = time.monotonic() - PLAY_SECONDS * begin
        self._timer.start()
        self._on_frame()

    def _on_frame(self) -> None:
        moments = self._film.moments
        share = (time.monotonic() - self._began) / PLAY_SECONDS
        if share >= 1.0 or not moments:
            self._model.scrub(None)
        else:
            self._model.scrub(moments[int(share * len(moments))])

    def _stop_playing(self) -> None:
        self.play.setChecked(False)


def _play_button() -> QToolButton:
    button = QToolButton()
    button.setObjectName("film.play")
    button.setCheckable(True)
    button.setAutoRaise(True)
    button.setToolTip("Play the whole training again, in about ten seconds")
    button.setAccessibleName("Play the film of the training")
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
