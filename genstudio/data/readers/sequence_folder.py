"""Folders and zips with one file a sequence: sub-folders are the classes."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import ClassVar

from genstudio.data.columns import Notes
from genstudio.data.files import detect_settings, reader_for
from genstudio.data.guards import guarded, in_words
from genstudio.data.picture_file import UnreadableError
from genstudio.data.reader import Reader, ReaderInfo, Watch, unwatched
from genstudio.data.readers._archive import members
from genstudio.data.readers._members import MOST_FILES, Member, Sort, Store, any_member, open_store
from genstudio.data.readers._one_file_each import Together, UnlikeError
from genstudio.data.sequences import Sequences
from genstudio.data.table import Table
from genstudio.errors import DataError
from genstudio.settings import Settings as BaseSettings
from genstudio.settings import setting, validate

_SOUNDS = (".wav", ".wave")
_SORT = Sort("files of one sequence each", (".csv", ".tsv", ".txt", ".npy", ".parquet", *_SOUNDS))
_LEAST = 2


class SequenceFolderReader(Reader):
    """Reads every table, array, text and sound below a folder or in a zip as one sequence, called as its file is."""

    info: ClassVar[ReaderInfo] = ReaderInfo(
        "sequence_folder", "Folder or zip, a file a sequence", (".zip",), order=75, folders=True
    )

    class Settings(BaseSettings):
        """How sounds are read; of other files all are read as the first one is."""

        mono: bool = setting(False, "Of sounds, take the mean of all channels instead of a column for each.")
        every: int = setting(
            1, "Of sounds, samples that are averaged to one row; 1 keeps each.", unit="samples", ge=1, le=100_000,
            log=True,
        )

    def recognises(self, path: Path, head: bytes) -> bool:
        """Whether there are two such files or more in the folder or zip."""
        if path.is_dir():
            return any_member(path, _SORT, _LEAST)
        return head.startswith(b"PK") and sum(map(_SORT.holds, members(path, MOST_FILES))) >= _LEAST

    def detect(self, path: Path) -> SequenceFolderReader.Settings:
        """Every channel and every sample."""
        return self.Settings()

    def read(self, path: Path, settings: SequenceFolderReader.Settings, watch: Watch = unwatched) -> Sequences:
        """The sequences in the order of the files' names; files that do not go with the first are left out and counted.

        Raises:
            DataError: none can be read, or they would fill the memory.
            Cancelled: raised by `watch`.
        """
        with open_store(path, _SORT, watch) as store, tempfile.TemporaryDirectory() as folder:
            gathering = _Gathering(path, store, Path(folder), settings)
            gathering.run(watch)
            return gathering.sequences()


@dataclass(frozen=True)
class _Way:
    """How files of one ending are read."""

    reader: Reader
    settings: BaseSettings


@dataclass
class _Gathering:
    """Files as they are read, one after another."""

    path: Path
    store: Store
    folder: Path
    settings: SequenceFolderReader.Settings
    refused: list[tuple[str, str]] = field(default_factory=list)
    ways: dict[str, _Way] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.together = Together(self.path.name)
        endings = Counter(_ending(member.name) for member in self.store.members)
        # A note or a table of contents beside the sequences is none of them.
        usual = max(endings, key=lambda ending: endings[ending])
        self.members = [member for member in self.store.members if _ending(member.name) == usual]

    def run(self, watch: Watch) -> None:
        total = len(self.members)
        for done, member in enumerate(self.members):
            watch(done / total, f"Reading {self.path.name}: file {done + 1:,} of {total:,}")
            try:
                with self._at_hand(member) as file:
                    self.together.add(self._table(file), member)
            except (UnreadableError, UnlikeError) as error:
                self.refused.append((member.shown, str(error)))

    def sequences(self) -> Sequences:
        notes, total = Notes(), len(self.members)
        if not self.together.tables:
            name, reason = self.refused[0]
            raise DataError(
                f"None of the {total:,} files of {self.path.name} can be read; the first is {name}: {reason}.",
                "Choose another folder.",
            )
        others = len(self.store.members) - total
        if others:
            notes.add(f"{others:,} file{'s' * (others > 1)} of another ending left out.")
        if self.refused:
            name, reason = self.refused[0]
            notes.add(
                f"{len(self.refused):,} of {total:,} files left out, because they do not go with the others or cannot "
                f"be read; first {name}: {reason}."
            )
        return self.together.sequences(notes)

    def _table(self, file: Path) -> Table:
        try:
            guarded(file)
            way = self.ways.get(_ending(file.name)) or self._way(file)
            with in_words(file):
                raw = way.reader.read(file, way.settings)
        except DataError as error:
            raise UnreadableError(error.what.rstrip(".")) from error
        if not isinstance(raw, Table) or not len(raw):
            raise UnreadableError("it holds no rows")
        return raw

    def _way(self, file: Path) -> _Way:
        """How files of an ending are read: all as the first, for a header must not come and go."""
        reader, found = reader_for(file), detect_settings(file).model_dump()
        if _ending(file.name) in _SOUNDS:
            found = self.settings.model_dump()
        if found.get("holds") == "symbols":
            found["units"] = "whole"
        return self.ways.setdefault(
            _ending(file.name), _Way(reader, validate(reader.Settings, found, file.name))
        )

    @contextmanager
    def _at_hand(self, member: Member) -> Iterator[Path]:
        """The file itself; of a zip, a copy that is gone afterwards."""
        if self.path.is_dir():
            yield self.path / member.name
            return
        # The name of a member may lead anywhere, or be none that the disk takes.
        plain = "".join(c if c.isalnum() or c in "-_." else "_" for c in PurePosixPath(member.shown).stem)
        copy = self.folder / f"{plain[:60]}{_ending(member.name)}"
        with self.store.open(member) as file:
            copy.write_bytes(file.read())
        try:
            yield copy
        finally:
            copy.unlink()


def _ending(name: str) -> str:
    return PurePosixPath(name.replace("\\", "/")).suffix.lower()
