"""The icon reads at every size that desktops ask for, on light and on dark."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

ICON = Path(__file__).parent.parent.parent / "resources" / "icons" / "genstudio.svg"


def drawn(size: int, ground: QColor) -> QImage:
    image = QImage(size, size, QImage.Format.Format_RGB32)
    image.fill(ground)
    painter = QPainter(image)
    QSvgRenderer(str(ICON)).render(painter, QRectF(0, 0, size, size))
    painter.end()
    return image


def hues(image: QImage) -> set[str]:
    """The strong colours of an image, in words."""
    pixels = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
    strong = [pixel.hue() for pixel in pixels if pixel.value() > 150 and pixel.saturation() > 90]
    return {"warm" if hue < 60 else "cold" for hue in strong if hue < 60 or 170 < hue < 250}


@pytest.mark.parametrize("ground", ["white", "#16181d"])
@pytest.mark.parametrize("size", [16, 32, 256])
def test_both_moons_are_seen(qapp: QGuiApplication, size: int, ground: str) -> None:
    assert hues(drawn(size, QColor(ground))) == {"warm", "cold"}
