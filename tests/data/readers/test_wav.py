"""WAV: every width of sample, any number of channels, and headers that are damaged or mislead."""

from __future__ import annotations

import struct
import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from genstudio.data.files import open_raw
from genstudio.data.readers import _archive, wav
from genstudio.data.sequences import Sequences
from genstudio.errors import Cancelled, DataError
from tests.data.outcomes import read_or_refused

quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def opened(path: Path, **chosen: Any) -> Sequences:
    found = open_raw(path, chosen)
    assert isinstance(found, Sequences)
    return found


def values(found: Sequences) -> np.ndarray:
    return np.column_stack([column.values for column in found.columns])


def packed(numbers: np.ndarray, bits: int) -> bytes:
    """Whole numbers as the samples of a WAV file."""
    if bits == 8:
        return (numbers + 128).astype(np.uint8).tobytes()
    if bits == 24:
        return numbers.astype("<i4").view(np.uint8).reshape(-1, 4)[:, :3].tobytes()
    return numbers.astype(f"<i{bits // 8}").tobytes()


def chunk(name: bytes, content: bytes, length: int | None = None) -> bytes:
    declared = len(content) if length is None else length
    return name + struct.pack("<I", declared) + content + b"\0" * (len(content) % 2)


def form(coding: int = 1, channels: int = 1, rate: int = 8000, bits: int = 16, more: bytes = b"") -> bytes:
    frame = channels * bits // 8
    return chunk(b"fmt ", struct.pack("<HHIIHH", coding, channels, rate, rate * frame, frame, bits) + more)


def riff(*chunks: bytes, mark: bytes = b"RIFF") -> bytes:
    content = b"WAVE" + b"".join(chunks)
    return mark + struct.pack("<I", len(content)) + content


@quick
@given(
    data=st.data(), bits=st.sampled_from([8, 16, 24, 32]), channels=st.integers(1, 5), frames=st.integers(1, 40),
    rate=st.sampled_from([8000, 44_100]),
)
def test_samples_come_back_as_the_standard_library_wrote_them(
    tmp_path: Path, data: st.DataObject, bits: int, channels: int, frames: int, rate: int
) -> None:
    half = 2 ** (bits - 1)
    drawn = data.draw(st.lists(st.integers(-half, half - 1), min_size=frames * channels, max_size=frames * channels))
    numbers = np.array(drawn, dtype=np.int64)
    with wave.open(str(tmp_path / "sound.wav"), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(bits // 8)
        file.setframerate(rate)
        file.writeframes(packed(numbers, bits))
    found = opened(tmp_path / "sound.wav")
    np.testing.assert_array_equal(values(found), numbers.reshape(frames, channels) / half)
    assert found.times is not None
    np.testing.assert_allclose(found.times, np.arange(frames) / rate)
    assert (found.keys, found.time_name, found.lengths.tolist()) == (("sound",), "time in s", [frames])


@pytest.mark.parametrize(
    ("channels", "names"),
    [(1, ("sound",)), (2, ("left", "right")), (3, ("channel 1", "channel 2", "channel 3"))],
)
def test_channels_have_names(tmp_path: Path, channels: int, names: tuple[str, ...]) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(riff(form(channels=channels), chunk(b"data", bytes(12 * channels))))
    assert opened(path).names == names
    assert opened(path, mono=True).names == ("sound",)


def test_samples_and_channels_are_averaged_where_that_is_wished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = np.arange(-20, 22).reshape(21, 2) * 100
    path = tmp_path / "a.wav"
    path.write_bytes(riff(form(channels=2, rate=10), chunk(b"data", packed(numbers, 16))))
    # Pieces of three rows, the last of them shorter.
    monkeypatch.setattr(wav, "_PIECE_BYTES", 24)
    found = opened(path, every=2)
    np.testing.assert_allclose(values(found), numbers[:20].reshape(10, 2, 2).mean(axis=1) / 2**15)
    assert found.times is not None
    np.testing.assert_allclose(found.times, np.arange(10) * 0.2)
    np.testing.assert_allclose(values(opened(path, mono=True))[:, 0], numbers.mean(axis=1) / 2**15)
    with pytest.raises(DataError, match="too few to average 30"):
        opened(path, every=30)


@pytest.mark.parametrize("bits", [32, 64])
def test_samples_may_be_fractions_and_infinite_ones_are_gaps(tmp_path: Path, bits: int) -> None:
    samples = np.array([0.5, -0.25, np.inf, 0.125], f"<f{bits // 8}")
    path = tmp_path / "a.wav"
    path.write_bytes(riff(form(3, bits=bits), chunk(b"data", samples.tobytes())))
    found = opened(path)
    np.testing.assert_array_equal(values(found)[:, 0], [0.5, -0.25, np.nan, 0.125])
    assert found.notes


def test_headers_of_the_longer_kind_and_other_chunks_are_passed_over(tmp_path: Path) -> None:
    longer = struct.pack("<HHIH", 22, 24, 4, 1) + bytes(14)
    numbers = np.array([1, -1, 2**23 - 1, -(2**23)])
    content = riff(
        chunk(b"LIST", b"odd"), form(0xFFFE, bits=24, more=longer), chunk(b"fact", bytes(4)),
        chunk(b"data", packed(numbers, 24)), chunk(b"tail", b"words"),
    )
    path = tmp_path / "named.dat"
    path.write_bytes(content)
    np.testing.assert_array_equal(values(opened(path))[:, 0], numbers / 2**23)


def test_sound_of_unknown_length_is_read_to_the_end(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    # The last sample is cut short.
    path.write_bytes(riff(form(), chunk(b"data", packed(np.arange(6), 16), length=0xFFFFFFFF))[:-1])
    found = opened(path)
    assert len(found) == 5
    assert any("does not say how long" in note for note in found.notes)


WHOLE = riff(form(), chunk(b"data", bytes(100)))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (WHOLE[:-10], "declares 100 bytes of sound but holds 90"),
        (WHOLE[:30], "no sound in it"),
        (WHOLE[:12], "no sound in it"),
        (riff(chunk(b"data", bytes(10)), form()), "does not say how it is stored"),
        (riff(chunk(b"fmt ", bytes(8)), chunk(b"data", bytes(10))), "cut short"),
        (riff(form(), chunk(b"data", b"")), "holds no sound"),
        (riff(form(7), chunk(b"data", bytes(10))), "packed as µ-law"),
        (riff(form(999), chunk(b"data", bytes(10))), "packed as number 999"),
        (riff(form(bits=12), chunk(b"data", bytes(10))), "12 bits"),
        (riff(form(channels=0), chunk(b"data", bytes(10))), "damaged: 0 channels"),
        (riff(form(channels=5000), chunk(b"data", bytes(10))), "damaged"),
        (riff(form(rate=0), chunk(b"data", bytes(10))), "0 samples a second"),
        (riff(form(), chunk(b"data", bytes(10)), mark=b"RF64"), "RF64"),
        (riff(form(), *[chunk(b"LIST", b"")] * 1100, chunk(b"data", bytes(10))), "no sound in it"),
    ],
)
def test_damaged_and_foreign_headers_are_refused_in_words(tmp_path: Path, content: bytes, sentence: str) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(content)
    with pytest.raises(DataError, match=sentence) as refused:
        opened(path)
    assert refused.value.remedy


def test_sound_that_would_fill_the_memory_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_archive, "MOST_BYTES", 1 << 10)
    path = tmp_path / "a.wav"
    path.write_bytes(riff(form(), chunk(b"data", bytes(200))))
    with pytest.raises(DataError, match="memory"):
        opened(path)
    assert len(opened(path, every=2)) == 50


def test_reading_tells_how_far_it_is_and_can_be_cancelled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wav, "_PIECE_BYTES", 20)
    path = tmp_path / "a.wav"
    path.write_bytes(WHOLE)
    told: list[float] = []
    open_raw(path, watch=lambda fraction, doing: told.append(fraction))
    assert told == sorted(told)
    assert len(told) == 5

    def stop(fraction: float, doing: str) -> None:
        if fraction > 0.3:
            raise Cancelled

    with pytest.raises(Cancelled):
        open_raw(path, watch=stop)


@quick
@given(data=st.binary(min_size=1, max_size=12), at=st.integers(0, 60), cut=st.integers(0, 150))
def test_damaged_bytes_make_it_raise_nothing_but_a_sentence(tmp_path: Path, data: bytes, at: int, cut: int) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes((WHOLE[:at] + data + WHOLE[at + len(data):])[: max(cut, 13)])
    read_or_refused(path)

