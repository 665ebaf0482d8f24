"""Plots and arrays as files: PNG, SVG, CSV, NPZ. Nothing half-written ever replaces a file."""

from __future__ import annotations

import csv
import io
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPoint, QRect, QRectF
from PySide6.QtGui import QImage, QImageWriter, QPaintDevice, QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QGraphicsItem, QGraphicsView, QWidget

from genstudio.errors import GenStudioError

Arrays = Mapping[str, NDArray[Any]]

_PNG_SCALE = 2.0
# A spreadsheet would take a cell that starts so for a formula.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def save(path: Path, widget: QWidget, arrays: Callable[[], Arrays]) -> None:
    """Write a plot as its file name's ending says.

    Arguments:
        path: ends in .png, .svg, .csv or .npz.
        widget: what is shown; for SVG a graphics view, or it is embedded as a picture.
        arrays: gives the arrays that are shown, for CSV and NPZ.

    Raises:
        GenStudioError: the ending is not known, or the file cannot be written.
    """
    writers: dict[str, Callable[[], bytes]] = {
        ".png": lambda: png(widget), ".svg": lambda: svg(widget),
        ".csv": lambda: csv_text(arrays()).encode(), ".npz": lambda: npz(arrays()),
    }
    writer = writers.get(path.suffix.lower())
    if writer is None:
        raise GenStudioError(f"Plots are not saved as `{path.name}`.", "Use .png, .svg, .csv or .npz.")
    write_whole(path, writer())


def write_whole(path: Path, content: bytes) -> None:
    """Write a file whole or not at all: a temporary one beside it is flushed, then renamed.

    Raises:
        GenStudioError: the folder is missing, read-only or full; the former file stays as it was.
    """
    temporary = None
    try:
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name[:60]}.", suffix=".part", dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except OSError as error:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)
        reason = error.strerror or str(error)
        raise GenStudioError(f"`{path}` could not be written: {reason}.", "Choose another place.") from error


@contextmanager
def as_vectors(view: QGraphicsView) -> Iterator[None]:
    """Have items drawn afresh, not as the pictures that are kept of them for the screen."""
    kept = {item: item.cacheMode() for item in view.scene().items()}
    for item in kept:
        item.setCacheMode(QGraphicsItem.CacheMode.NoCache)
    try:
        yield
    finally:
        for item, mode in kept.items():
            item.setCacheMode(mode)


def png(widget: QWidget) -> bytes:
    """The widget as a picture, at twice its size."""
    image = QImage(widget.size() * _PNG_SCALE, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(_PNG_SCALE)
    image.fill(widget.palette().window().color())
    with _painting(image) as painter:
        # Graphics views have a `render` of their own, which draws the scene only.
        QWidget.render(widget, painter, QPoint())
    return image_png(image)


def image_png(image: QImage) -> bytes:
    """A picture as the bytes of a PNG file."""
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(image)
    return bytes(content.data())


def svg(widget: QWidget) -> bytes:
    """The widget as vectors; heat maps in it stay pictures."""
    content = QByteArray()
    buffer = QBuffer(content)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(widget.size())
    generator.setViewBox(QRect(0, 0, widget.width(), widget.height()))
    with _painting(generator) as painter:
        if isinstance(widget, QGraphicsView):
            painter.fillRect(widget.rect(), widget.backgroundBrush())
            widget.render(painter, QRectF(widget.rect()), widget.rect())
        else:
            QWidget.render(widget, painter, QPoint())
    return bytes(content.data())


def npz(arrays: Arrays) -> bytes:
    """The arrays under their names, compressed; never pickled."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **{_member(name): array for name, array in arrays.items()})
    return buffer.getvalue()


def csv_text(arrays: Arrays) -> str:
    """The arrays as columns side by side; shorter ones end in blanks.

    Arguments:
        arrays: shapes (N,) or (N, D); a D gives columns `name.1`, `name.2`, ...
    """
    table = {_harmless(title): values for name, array in arrays.items() for title, values in _split(name, array)}
    height = max((len(values) for values in table.values()), default=0)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(table)
    padded = [[*(_cell(v) for v in values), *[""] * (height - len(values))] for values in table.values()]
    writer.writerows(zip(*padded, strict=True))
    return text.getvalue()


@contextmanager
def _painting(device: QPaintDevice) -> Iterator[QPainter]:
    """A painter that ends whatever happens: a device destroyed under its painter crashes the program."""
    painter = QPainter(device)
    try:
        yield painter
    finally:
        painter.end()


def _split(name: str, array: NDArray[Any]) -> list[tuple[str, NDArray[Any]]]:
    if array.ndim == 1:
        return [(name, array)]
    return [(f"{name}.{place}", array[:, place - 1]) for place in range(1, array.shape[1] + 1)]


def _cell(value: Any) -> str:
    plain = value.item() if isinstance(value, np.generic) else value
    return _harmless(plain) if isinstance(plain, str) else repr(plain)


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def _member(name: str) -> str:
    """A name inside the archive: no path separators, and not one that `savez` keeps for itself."""
    plain = name.replace("/", "_").replace("\\", "_")
    return f"{plain}_" if plain in ("file", "allow_pickle") else plain
