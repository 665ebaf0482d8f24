"""The zip around our files: written whole, read with suspicion, never unpacked to a folder."""

from __future__ import annotations

import hashlib
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from genstudio import __version__
from genstudio.atomic import replacing
from genstudio.data.reader import Watch, unwatched
from genstudio.errors import ArchiveError
from genstudio.runs import strict_json

Members = dict[str, bytes]

MANIFEST = "manifest.json"
PICTURES = "/pictures.safetensors"
"""How members with the pixels of pictures end; arrays that are worth packing."""

MOST_MEMBERS = 4096
LARGEST_MEMBER = 1 << 30
LARGEST_TOTAL = 1 << 31
MOST_RATIO = 200
_SMALL = 1 << 20
_PACKING_LEVEL = 1
_LOCAL, _CENTRAL, _END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
_HEADER = struct.Struct("<4s5H3I2H")
_END_BYTES = 22
# A fixed date keeps equal content equal byte for byte; 1980 is the first a zip can say.
_DATE = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Entry:
    """Where one member lies in the file."""

    name: str
    method: int
    crc: int
    packed: int
    size: int
    offset: int

    @property
    def end(self) -> int:
        """Where the next member begins; ours have no extra fields."""
        return self.offset + _HEADER.size + len(self.name.encode()) + self.packed


@dataclass(frozen=True)
class Contents:
    """What could be read of a file.

    Arguments:
        format: the version of the format that the members are in.
        members: the sound ones, without the manifest.
        damaged: names of those that are missing or not as they were written.
    """

    format: int
    members: Members
    damaged: tuple[str, ...]


def write(
    path: Path, members: Mapping[str, bytes], version: int, watch: Watch = unwatched, *, keep_former: bool = True
) -> None:
    """Write members and a manifest with their checksums.

    Arguments:
        keep_former: the former file stays beside it as `.bak`.

    Raises:
        ArchiveError: the file cannot be written.
        Cancelled: raised by `watch`; nothing has changed then.
    """
    manifest = {
        "format": version, "program": __version__,
        "members": {name: {"sha256": _checksum(data), "size": len(data)} for name, data in members.items()},
    }
    # First of all, so that a file cut short still knows what it should hold.
    whole = {MANIFEST: strict_json.encode(manifest), **members}
    total, done = sum(map(len, whole.values())), 0
    with replacing(path, keep_former) as file, zipfile.ZipFile(file, "w") as archive:
        for name, data in whole.items():
            watch(done / total, f"Saving {path.name}")
            archive.writestr(zipfile.ZipInfo(name, _DATE), data, _packing(name, data), _PACKING_LEVEL)
            done += len(data)


def read(path: Path, newest: int, watch: Watch = unwatched) -> Contents:
    """All that is sound in a file.

    Raises:
        ArchiveError: it is not ours, of a newer format than `newest`, made to mislead, or damaged beyond use.
        Cancelled: raised by `watch`.
    """
    try:
        if path.exists() and not path.is_file():
            raise _foreign(path)
        with path.open("rb") as file:
            entries = _entries(file, path)
            manifest = _manifest(file, entries, path, newest)
            found = _sound(file, entries, manifest["members"], lambda share: watch(share, f"Opening {path.name}"))
    except OSError as error:
        raise ArchiveError(f"{path.name} cannot be read: {error.strerror or error}.", "Check its name.") from error
    damaged = tuple(name for name in manifest["members"] if name not in found)
    return Contents(manifest["format"], found, damaged)


def _packing(name: str, data: bytes) -> int:
    """Arrays are stored as they are, for they hardly get smaller; pictures do, by half or more."""
    if not name.endswith(".safetensors"):
        return zipfile.ZIP_DEFLATED
    if not name.endswith(PICTURES):
        return zipfile.ZIP_STORED
    # What packs too well would be refused as a bomb when it is read.
    packed = len(zlib.compress(data, _PACKING_LEVEL))
    return zipfile.ZIP_DEFLATED if packed * MOST_RATIO > 2 * len(data) else zipfile.ZIP_STORED


def _checksum(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _entries(file: BinaryIO, path: Path) -> dict[str, Entry]:
    start = file.read(len(_LOCAL))
    entries = _listed(file)
    if entries is None:
        if start != _LOCAL:
            raise _foreign(path)
        entries = list(_walked(file))
    _check_bounds(entries, path)
    return {entry.name: entry for entry in entries}


def _foreign(path: Path) -> ArchiveError:
    return ArchiveError(
        f"{path.name} is not a GenStudio file, or its beginning is damaged.",
        "Only files that GenStudio saved are opened as runs; models of other programs (.pt, .pkl) never are.",
    )


def _listed(file: BinaryIO) -> list[Entry] | None:
    """The entries by the list at the end; None where it is not there or does not fit the file exactly."""
    size = file.seek(0, 2)
    file.seek(max(0, size - _END_BYTES))
    end = file.read()
    if end[:4] != _END or len(end) != _END_BYTES or int.from_bytes(end[10:12], "little") > MOST_MEMBERS:
        return None
    try:
        with zipfile.ZipFile(file) as archive:
            infos = archive.infolist()
            listed_from = archive.start_dir
    except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error):
        return None
    entries = [
        Entry(i.orig_filename, i.compress_type, i.CRC, i.compress_size, i.file_size, i.header_offset)
        for i in infos
    ]
    # Members that follow one another without gap or overlap leave no room for a second meaning.
    starts = [0, *(entry.end for entry in entries)]
    fits = starts == [*(entry.offset for entry in entries), listed_from]
    return entries if fits and all(_plain_name(entry.name) for entry in entries) else None


def _walked(file: BinaryIO) -> Iterator[Entry]:
    """The entries as they follow one another from the beginning, as far as the file goes."""
    size, offset = file.seek(0, 2), 0
    for _ in range(MOST_MEMBERS + 1):
        file.seek(offset)
        header = file.read(_HEADER.size)
        if len(header) < _HEADER.size or header[:4] != _LOCAL:
            return
        _, _, _, method, _, _, crc, packed, unpacked, name_bytes, extra_bytes = _HEADER.unpack(header)
        name = file.read(name_bytes).decode("utf-8", "replace")
        entry = Entry(name, method, crc, packed, unpacked, offset)
        if extra_bytes or entry.end > size:
            return
        yield entry
        offset = entry.end


def _check_bounds(entries: list[Entry], path: Path) -> None:
    names = [entry.name for entry in entries]
    reasons = (
        (len(names) > MOST_MEMBERS, f"it has more than {MOST_MEMBERS} members"),
        (len({name.casefold() for name in names}) < len(names), "two members have the same name"),
        (not all(map(_plain_name, names)), "a member's name leads out of it"),
        (any(e.size > LARGEST_MEMBER for e in entries), "a member is too large"),
        (sum(e.size for e in entries) > LARGEST_TOTAL, "it is too large"),
        (any(_bomb(e) for e in entries), "a member unpacks to far more than it holds"),
    )
    for wrong, reason in reasons:
        if wrong:
            raise ArchiveError(f"{path.name} was not made by GenStudio: {reason}.", "Do not trust this file.")


def _plain_name(name: str) -> bool:
    parts = name.split("/")
    return name.isascii() and name.isprintable() and not set(name) & set("\\:") and not {"", ".", ".."} & set(parts)


def _bomb(entry: Entry) -> bool:
    return entry.size > _SMALL and entry.size > MOST_RATIO * max(entry.packed, 1)


def _manifest(file: BinaryIO, entries: Mapping[str, Entry], path: Path, newest: int) -> dict[str, Any]:
    entry = entries.get(MANIFEST)
    data = None if entry is None else _unpacked(file, entry)
    if entry is None or data is None or zlib.crc32(data) != entry.crc:
        raise ArchiveError(
            f"{path.name} is damaged: its table of contents ({MANIFEST}) cannot be read.",
            f"The version before it may stand beside it as {path.name}.bak.",
        )
    manifest = strict_json.parse(data, f"{MANIFEST} in {path.name}")
    version = manifest.get("format") if isinstance(manifest, dict) else None
    if type(version) is not int or not isinstance(manifest.get("members"), dict):
        raise ArchiveError(f"{path.name} is no GenStudio file: its {MANIFEST} says something else.")
    if version > newest:
        program = str(manifest.get("program", "?"))[:40]
        raise ArchiveError(
            f"{path.name} was saved by a newer GenStudio ({program}), in format {version}; this one knows {newest}.",
            "Update GenStudio to open it.",
        )
    return dict(manifest)


def _sound(
    file: BinaryIO, entries: Mapping[str, Entry], expected: Mapping[str, Any], reached: Callable[[float], None]
) -> Members:
    """The members that are as the manifest says; those that it does not name are passed over."""
    found: Members = {}
    for done, (name, said) in enumerate(expected.items()):
        reached(done / len(expected))
        data = _unpacked(file, entries[name]) if name in entries and name != MANIFEST else None
        if data is not None and said == {"sha256": _checksum(data), "size": len(data)}:
            found[name] = data
    return found


def _unpacked(file: BinaryIO, entry: Entry) -> bytes | None:
    """A member's bytes, never more than it says; None where they cannot be had."""
    file.seek(entry.end - entry.packed)
    data = file.read(entry.packed)
    if entry.method == zipfile.ZIP_STORED:
        return data if len(data) == entry.packed == entry.size else None
    if entry.method != zipfile.ZIP_DEFLATED:
        return None
    try:
        unpacked = zlib.decompressobj(-zlib.MAX_WBITS).decompress(data, entry.size + 1)
    except zlib.error:
        return None
    return unpacked if len(unpacked) == entry.size else None
