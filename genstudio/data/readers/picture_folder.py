"""Folders and zips of pictures: sub-folders are the classes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from genstudio.data.picture_file import SUFFIXES, Fit, UnreadableError, decoded, looked_at
from genstudio.data.pictures import Pictures
from genstudio.data.reader import Reader, ReaderInfo, Watch, unwatched
from genstudio.data.readers._archive import members
from genstudio.data.readers._members import MOST_FILES, Member, Sort, Store, any_member, classes, open_store
from genstudio.data.readers._pixels import refuse_too_large
from genstudio.errors import DataError
from genstudio.settings import Settings as BaseSettings
from genstudio.settings import setting

Bytes = NDArray[np.uint8]

LARGEST_DETECTED = 64
USUAL_SIZE = 32
_LOOKED_AT = 300
_PICTURES = Sort("pictures", SUFFIXES)


class PictureFolderReader(Reader):
    """Reads every PNG, JPEG, BMP, GIF and WebP below a folder or in a zip, brought to one size."""

    info: ClassVar[ReaderInfo] = ReaderInfo(
        "picture_folder", "Folder or zip of pictures", (".zip",), order=70, folders=True
    )

    class Settings(BaseSettings):
        """To what the pictures are brought."""

        size: int = setting(USUAL_SIZE, "Width and height of every picture once it is read.", ge=4, le=1024, unit="px")
        colour: Literal["auto", "grey", "colour"] = setting(
            "auto", "Grey pictures learn faster; auto takes grey where no picture has a colour."
        )
        fit: Literal["crop", "pad", "stretch"] = setting(
            "crop", "What happens to pictures that are no squares: their ends are cut off, they are filled up with the "
            "colour of their corner, or stretched.",
        )

    def recognises(self, path: Path, head: bytes) -> bool:
        """Whether there is a picture in the folder or zip."""
        if path.is_dir():
            return any_member(path, _PICTURES)
        return head.startswith(b"PK") and any(map(_PICTURES.holds, members(path, MOST_FILES)))

    def detect(self, path: Path) -> PictureFolderReader.Settings:
        """The most common size, by the headers of some pictures: at most 64 pixels, and 32 where sizes differ."""
        with open_store(path, _PICTURES) as store:
            sides = Counter(min(size) for size, _ in _headers(store))
        side, count = sides.most_common(1)[0] if sides else (USUAL_SIZE, 0)
        common = 2 * count >= sides.total() and count
        return self.Settings(size=max(4, min(side, LARGEST_DETECTED)) if common else USUAL_SIZE)

    def read(self, path: Path, settings: PictureFolderReader.Settings, watch: Watch = unwatched) -> Pictures:
        """The pictures in the order of their names; those that cannot be read are left out and counted in a note.

        Raises:
            DataError: none can be read, or they would fill the memory.
            Cancelled: raised by `watch`.
        """
        with open_store(path, _PICTURES, watch) as store:
            colour = settings.colour == "colour" or (settings.colour == "auto" and _any_colour(store))
            shape = (3 if colour else 1, settings.size, settings.size)
            refuse_too_large(path.name, (len(store.members), *shape))
            made = _Gathered(path.name, shape, store.members)
            made.fill(store, settings.fit, watch)
        return made.pictures(may_turn_grey=settings.colour == "auto")


@dataclass
class _Gathered:
    """Pictures as they come in, in one array that is made once."""

    name: str
    shape: tuple[int, int, int]
    members: Sequence[Member]
    kept: list[Member] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        channels, height, width = self.shape
        self.pixels: Bytes = np.empty((len(self.members), height, width, channels), np.uint8)

    def fill(self, store: Store, fit: Fit, watch: Watch) -> None:
        for done, member in enumerate(self.members):
            watch(done / len(self.members), f"Reading {self.name}: picture {done + 1:,} of {len(self.members):,}")
            try:
                with store.open(member) as file:
                    self.pixels[len(self.kept)] = decoded(file, self.shape, fit)
            except UnreadableError as error:
                self.refused.append((member.shown, str(error)))
            else:
                self.kept.append(member)

    def pictures(self, may_turn_grey: bool) -> Pictures:
        if not self.kept:
            name, reason = self.refused[0]
            count = len(self.refused)
            raise DataError(
                f"None of the {count:,} pictures of {self.name} can be read; the first is {name}: {reason}.",
                "Choose another folder.",
            )
        pixels = self.pixels[: len(self.kept)]
        if may_turn_grey and _all_grey(pixels):
            pixels = np.ascontiguousarray(pixels[..., :1])
        codes, levels = classes(self.kept)
        return Pictures(
            self.name, pixels, np.array(codes, np.int64) if levels else None, levels, tuple(self._notes())
        )

    def _notes(self) -> Iterator[str]:
        if self.refused:
            name, reason = self.refused[0]
            one = len(self.refused) == 1
            were, first = ("was", name) if one else ("were", f"the first is {name}")
            they = "it" if one else "they"
            yield (
                f"{len(self.refused):,} of {len(self.members):,} pictures {were} left out, because {they} cannot be "
                f"read; {first}: {reason}."
            )


def _headers(store: Store) -> Iterator[tuple[tuple[int, int], bool]]:
    """Size, and whether in colour, of some pictures from all over the folder."""
    every = max(1, -(-len(store.members) // _LOOKED_AT))
    for member in store.members[::every]:
        try:
            with store.open(member) as file:
                yield looked_at(file)
        except UnreadableError:
            continue


def _any_colour(store: Store) -> bool:
    return any(colour for _, colour in _headers(store))


def _all_grey(pixels: Bytes) -> bool:
    return pixels.shape[3] == 3 and all(
        bool((piece == piece[..., :1]).all()) for piece in np.array_split(pixels, -(-pixels.nbytes // (1 << 22)))
    )
