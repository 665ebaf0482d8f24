from __future__ import annotations

import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QMessageLogContext, QtMsgType
from PySide6.QtGui import QImage

from genstudio.ui.qt_messages import NOISE, on_message


def test_the_tour_writes_a_picture(tmp_path: Path) -> None:
    picture = tmp_path / "window.png"
    environment = {**os.environ, "HOME": str(tmp_path)}
    # Our own module, no input.
    ended = subprocess.run([sys.executable, "-m", "genstudio.ui.tour", "--output", str(picture), "--theme", "light"],
                           capture_output=True, text=True, env=environment, check=False)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.strip() == str(picture)
    assert "100%" in ended.stderr
    assert "propagateSizeHints" not in ended.stderr
    assert QImage(str(picture)).width() > 800


@pytest.mark.parametrize("text", sorted(NOISE))
def test_noise_of_the_offscreen_platform_is_dropped(text: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        on_message(QtMsgType.QtWarningMsg, QMessageLogContext(), text)
        assert caplog.records == []
        on_message(QtMsgType.QtWarningMsg, QMessageLogContext(), f"{text} 100 % of <it>")
    assert [record.levelname for record in caplog.records] == ["WARNING"]
