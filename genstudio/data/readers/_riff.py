"""The header of a WAV file, checked against how long the file is before a sample is believed."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from genstudio.errors import DataError

PCM, FLOAT, _EXTENSIBLE = 1, 3, 0xFFFE
_PACKED = {2: "ADPCM", 6: "A-law", 7: "µ-law", 17: "IMA ADPCM", 49: "GSM", 80: "MPEG", 85: "MP3"}
_BITS = {PCM: (8, 16, 24, 32), FLOAT: (32, 64)}
MOST_CHANNELS = 64
_MOST_RATE = 10_000_000
_MOST_CHUNKS = 1000
# What programs write that do not know yet how much sound will follow.
_UNKNOWN = (0, 0x7FFFFFFF, 0xFFFFFFFF)


@dataclass(frozen=True)
class Sound:
    """What a WAV file says of itself.

    Arguments:
        coding: `PCM` (whole numbers) or `FLOAT`.
        rate: samples a second.
        begin: where the samples begin, bytes.
        frames: how many samples there are of each channel.
        endless: the header does not say how many; they go on to the end of the file.
    """

    coding: int
    channels: int
    rate: int
    bits: int
    begin: int
    frames: int
    endless: bool

    @property
    def frame_bytes(self) -> int:
        """Bytes of one sample of all channels."""
        return self.channels * self.bits // 8


def is_wave(head: bytes) -> bool:
    """Whether the first bytes are those of a WAV file."""
    return head[:4] in (b"RIFF", b"RF64", b"RIFX") and head[8:12] == b"WAVE"


def read_sound(file: IO[bytes], where: str, total: int) -> Sound:
    """The header; the file then stands anywhere.

    Arguments:
        where: name of the file, for messages.
        total: length of the file, bytes.

    Raises:
        DataError: no WAV, a damaged header, packed sound, or fewer bytes than declared.
    """
    head = file.read(12)
    if not is_wave(head):
        raise DataError(f"{where} does not begin as a WAV file does.", "Get a fresh copy of the file.")
    if head[:4] != b"RIFF":
        raise DataError(
            f"{where} is of the kind {head[:4].decode()}, for sound beyond 4 GiB or of old machines.", "Save it as WAV."
        )
    form: bytes | None = None
    for name, begin, length in _chunks(file, total):
        if name == b"fmt ":
            file.seek(begin)
            form = file.read(min(length, 40))
        elif name == b"data":
            if form is None:
                break
            return _sound(form, begin, length, total, where)
    raise DataError(f"{where} has no sound in it, or does not say how it is stored.", "Get a fresh copy of the file.")


def _chunks(file: IO[bytes], total: int) -> Iterator[tuple[bytes, int, int]]:
    """Name, begin and declared length of the parts, as far as the file goes."""
    place = 12
    for _ in range(_MOST_CHUNKS):
        file.seek(place)
        head = file.read(8)
        if len(head) < 8:
            return
        length = int(struct.unpack("<I", head[4:])[0])
        yield head[:4], place + 8, length
        place += 8 + length + length % 2
        if place >= total:
            return


def _sound(form: bytes, begin: int, length: int, total: int, where: str) -> Sound:
    coding, channels, rate, bits = _form(form, where)
    held = total - begin
    endless = length in _UNKNOWN
    if length > held and not endless:
        raise DataError(
            f"{where} declares {length:,} bytes of sound but holds {held:,}.",
            "It is damaged or cut short: get a fresh copy.",
        )
    frames = (held if endless else length) // (channels * bits // 8)
    if not frames:
        raise DataError(f"{where} holds no sound.", "Choose a file that holds some.")
    return Sound(coding, channels, rate, bits, begin, frames, endless)


def _form(form: bytes, where: str) -> tuple[int, int, int, int]:
    if len(form) < 16:
        raise DataError(f"The header of {where} is cut short.", "Get a fresh copy of the file.")
    coding, channels, rate, _, frame, bits = struct.unpack("<HHIIHH", form[:16])
    if coding == _EXTENSIBLE and len(form) >= 26:
        # The first two bytes of a long name say what the short number could not.
        coding = int(struct.unpack("<H", form[24:26])[0])
    if coding not in _BITS:
        raise DataError(
            f"The sound of {where} is packed as {_PACKED.get(coding, f'number {coding}')}, which is not read here.",
            "Save it as WAV with plain samples (PCM) of 16 bits.",
        )
    if bits not in _BITS[coding]:
        raise DataError(
            f"{where} has samples of {bits} bits, which are not read here.", "Save it with samples of 16 bits."
        )
    if not 1 <= channels <= MOST_CHANNELS or not 1 <= rate <= _MOST_RATE or frame != channels * bits // 8:
        raise DataError(
            f"The header of {where} is damaged: {channels:,} channels, {rate:,} samples a second of {frame:,} bytes.",
            "Get a fresh copy of the file.",
        )
    return int(coding), int(channels), int(rate), int(bits)
