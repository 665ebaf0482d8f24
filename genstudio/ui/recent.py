"""Files that were opened lately, newest first."""

from __future__ import annotations

import json
from pathlib import Path

import platformdirs

from genstudio.errors import GenStudioError

KEPT = 10


class RecentFiles:
    """A short list of paths, kept in the person's own settings folder.

    A list that cannot be read is begun afresh; it is only a convenience.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._file = (folder or Path(platformdirs.user_config_dir("genstudio"))) / "recent.json"

    def paths(self) -> list[Path]:
        """Newest first; those that are gone are left out."""
        try:
            names = json.loads(self._file.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            return []
        if not isinstance(names, list):
            return []
        return [Path(name) for name in names[:KEPT] if isinstance(name, str) and _exists(name)]

    def add(self, path: Path) -> None:
        """Put a path in front."""
        path = path.resolve()
        names = [str(path), *(str(other) for other in self.paths() if other != path)][:KEPT]
        self._write(names)

    def clear(self) -> None:
        """Forget all."""
        self._write([])

    def _write(self, names: list[str]) -> None:
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._file.write_text(json.dumps(names), encoding="utf-8")
        except OSError as error:
            raise GenStudioError(
                f"The list of recent files, {self._file}, cannot be written: {error.strerror}.",
                "Check the folder's permissions.",
            ) from None


def _exists(name: str) -> bool:
    try:
        return Path(name).exists()
    except (OSError, ValueError):  # names with a NUL byte, or too long
        return False
