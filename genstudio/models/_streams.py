"""Random numbers that hang on an item and a seed alone: a stream of its own for each item, all made at once."""

from __future__ import annotations

import zlib

import numpy as np
from numpy.typing import NDArray

from genstudio.models.contract import Array

Singles = NDArray[np.float32]
Words = NDArray[np.uint64]

_STEP = np.uint64(0x9E3779B97F4A7C15)
_HALF = np.uint64(32)


def streams(items: Array, seed: int) -> Words:
    """A stream for each item, shape (N,): equal items have equal streams."""
    hashes = np.fromiter((zlib.crc32(item.tobytes()) for item in items), np.uint64, len(items))
    return _mixed(hashes + (np.uint64(seed) << _HALF))


def normals(stream: Words, count: int) -> Singles:
    """Standard normals, shape (N, count), by the transform of Box and Muller."""
    one, other = _uniforms(stream, -(-count // 2))
    radius, angle = np.sqrt(-2.0 * np.log(one)), 2.0 * np.pi * other
    pairs = np.concatenate([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    return pairs[:, :count].astype(np.float32)


def uniforms(stream: Words, count: int) -> Singles:
    """Numbers between 0 and 1, shape (N, count); others than those behind `normals`."""
    one, other = _uniforms(_mixed(~stream), -(-count // 2))
    return np.concatenate([one, other], axis=1)[:, :count].astype(np.float32)


def _uniforms(stream: Words, count: int) -> tuple[Array, Array]:
    words = _mixed(stream[:, None] + _STEP * np.arange(1, count + 1, dtype=np.uint64))
    halves = words >> _HALF, words & np.uint64(0xFFFFFFFF)
    one, other = ((half.astype(np.float64) + 0.5) * 2.0**-32 for half in halves)
    return one, other


def _mixed(words: Words) -> Words:
    """The finalizer of splitmix64 (Steele, Lea, Flood, 2014): every bit of the answer hangs on every bit given."""
    words = (words ^ (words >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    words = (words ^ (words >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return words ^ (words >> np.uint64(31))
