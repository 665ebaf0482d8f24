"""The way from base to data as a file: an animation, a strip, or what a plot shows."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog

from genstudio.applications.mosaic import mosaic
from genstudio.data.reader import Watch
from genstudio.errors import GenStudioError
from genstudio.runs.animation import write_gif, write_strip
from genstudio.ui.session_model import SessionModel
from genstudio.ui.transform_pictures import TransformPictures
from genstudio.ui.transform_player import TransformPlayer
from genstudio.ui.transform_rows import TransformRows

Array = NDArray[Any]

FRAMES = 61
GIF, STRIP, PNG = "GIF, to and fro (*.gif)", "PNG, a strip of one picture (*.png)", "PNG, as it is now (*.png)"
SVG, CSV, NPZ = "SVG (*.svg)", "CSV, points and way (*.csv)", "NPZ, points and way (*.npz)"


class TransformExport(QObject):
    """Writes what the panel shows; pictures of a plot are taken one at a turn of the event loop."""

    def __init__(
        self, session: SessionModel, player: TransformPlayer, rows: TransformRows, pictures: TransformPictures
    ) -> None:
        super().__init__(player)
        self._session, self._transform, self._player = session, rows.transform, player
        self._rows, self._pictures = rows, pictures
        self._frames: list[Array] = []

    def export(self) -> None:
        """Ask for a file, and write the way to it."""
        if not self._transform.known:
            self._session.messages.show("info", "There is no way to export yet.", "Train a model first.")
            return
        kinds = (GIF, STRIP) if self._of_pictures else (GIF, PNG, SVG, CSV, NPZ)
        name, kind = QFileDialog.getSaveFileName(self._player, "Export the way", "way.gif", ";;".join(kinds))
        if name:
            path, ending = Path(name), _ending(kind or kinds[0])
            self.export_to(path if path.suffix.lower() in map(_ending, kinds) else path.with_name(path.name + ending))

    def export_to(self, path: Path) -> None:
        """Write the way to a file, as its ending says."""
        gif = path.suffix.lower() == ".gif"
        if gif and not self._of_pictures:
            self._player.play.setChecked(False)
            self._frames = []
            self._take_frame(path, self._transform.share)
        elif self._of_pictures:
            self._run(path, self._write_pictures(path, gif))
        else:
            self._export_plot(path)

    @property
    def _of_pictures(self) -> bool:
        return self._transform.of_pictures

    def _export_plot(self, path: Path) -> None:
        try:
            self._rows.plot.export(path)
        except GenStudioError as error:
            self._session.messages.show_error(error)
        else:
            self._on_written(path, 1)

    def _write_pictures(self, path: Path, gif: bool) -> Callable[[Watch], int]:
        strip = self._pictures.strip.grid.pictures
        if not gif:
            return partial(_write_strip, path, strip, len(self._pictures.strip.grid.pictures) // self._lines)
        columns = self._pictures.made.grid.places.columns
        frames = [self._pictures.frame(share) for share in np.linspace(0.0, 1.0, FRAMES)]
        return partial(_write_mosaics, path, frames, columns, self._rate)

    @property
    def _lines(self) -> int:
        return 2 if self._transform.timed else 1

    @property
    def _rate(self) -> float:
        return FRAMES / self._player.seconds

    def _take_frame(self, path: Path, back_to: float) -> None:
        """One picture of the plot; between two of them the window lives."""
        if len(self._frames) == FRAMES:
            frames, self._frames = np.stack(self._frames), []
            self._player.place(back_to)
            self._run(path, partial(_write_frames, path, frames, self._rate))
            return
        self._player.place(len(self._frames) / (FRAMES - 1))
        self._frames.append(_pixels(self._rows.plot.graph.grab().toImage()))
        QTimer.singleShot(0, self, partial(self._take_frame, path, back_to))

    def _run(self, path: Path, write: Callable[[Watch], int]) -> None:
        self._session.pump.run(f"transform.export {path}", write, partial(self._on_written, path),
                               self._session.messages.show_error)

    def _on_written(self, path: Path, count: int) -> None:
        frames = f" of {count} frames" if path.suffix.lower() == ".gif" else ""
        self._session.messages.show("info", f"Saved the way{frames} as {path.name} in {path.parent}.")


def _write_mosaics(path: Path, frames: list[Array], columns: int, rate: float, watch: Watch) -> int:
    return _write_frames(path, np.stack([mosaic(frame, columns).transpose(2, 0, 1) for frame in frames]), rate, watch)


def _write_frames(path: Path, frames: Array, rate: float, watch: Watch) -> int:
    watch(0.0, "Writing the animation")
    write_gif(path, frames, rate, turn_back=True)
    return len(frames)


def _write_strip(path: Path, pictures: Array, columns: int, watch: Watch) -> int:
    write_strip(path, pictures, columns)
    return len(pictures)


def _pixels(image: QImage) -> Array:
    """A picture as bytes, shape (3, H, W)."""
    plain = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(plain.constBits(), np.uint8).reshape(plain.height(), plain.bytesPerLine())
    return rows[:, :3 * plain.width()].reshape(plain.height(), plain.width(), 3).transpose(2, 0, 1).copy()


def _ending(kind: str) -> str:
    return kind.rpartition("*")[2].rstrip(")")
