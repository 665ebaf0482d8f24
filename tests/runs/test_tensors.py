from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load

from genstudio.errors import ArchiveError
from genstudio.runs import tensors

ARRAYS = {
    "means": np.arange(6.0).reshape(2, 3), "scalar": np.array(2.5), "empty": np.empty((0, 4)),
    "steps": np.arange(5), "flags": np.array([True, False]), "turned": np.arange(6.0).reshape(2, 3).T,
    "small": np.ones(3, np.float32), "big-endian": np.arange(3.0).astype(">f8"), "nan": np.array([np.nan, -0.0]),
}


def encoded(header: Any, body: bytes = b"\x00" * 16) -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + body


def entry(start: int, stop: int, shape: Any = None, dtype: Any = "F64") -> dict[str, Any]:
    return {"dtype": dtype, "shape": [(stop - start) // 8] if shape is None else shape, "data_offsets": [start, stop]}


def test_arrays_come_back() -> None:
    found = tensors.decode(tensors.encode(ARRAYS), "it")
    assert set(found) == set(ARRAYS)
    for name, array in ARRAYS.items():
        np.testing.assert_array_equal(found[name], array)
        assert found[name].flags.writeable
    assert tensors.decode(tensors.encode({}), "it") == {}


def test_others_can_read_them() -> None:
    np.testing.assert_array_equal(load(tensors.encode(ARRAYS))["turned"], ARRAYS["turned"])


@pytest.mark.parametrize("array", [np.array(["a"]), np.array([object()]), np.array([1j])])
def test_arrays_that_no_file_holds(array: Any) -> None:
    with pytest.raises(TypeError, match="no file holds"):
        tensors.encode({"a": array})


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"\xff" * 8, id="header longer than the file"),
        pytest.param((1 << 40).to_bytes(8, "little") + b"{}", id="huge header"),
        pytest.param(encoded(b"[" * 100_000), id="deep header"),
        pytest.param(encoded([]), id="header is a list"),
        pytest.param(encoded({"a": entry(0, 16), "b": entry(8, 16)}), id="overlap"),
        pytest.param(encoded({"a": entry(0, 16), "b": entry(0, 16)}), id="the same place"),
        pytest.param(encoded({"a": entry(8, 16)}), id="gap before"),
        pytest.param(encoded({"a": entry(0, 8)}), id="bytes left over"),
        pytest.param(encoded({"a": entry(0, 24)}), id="out of bounds"),
        pytest.param(encoded({"a": entry(0, 16, [3])}), id="shape too large"),
        pytest.param(encoded({"a": entry(0, 16, [1 << 62, 1 << 62])}), id="shape overflows"),
        pytest.param(encoded({"a": entry(0, 16, [-1, -2])}), id="negative shape"),
        pytest.param(encoded({"a": entry(0, 16, [2.0])}), id="fractional shape"),
        pytest.param(encoded({"a": entry(0, 16, [True, 2])}), id="shape of flags"),
        pytest.param(encoded({"a": entry(0, 16, [1] * 30 + [2])}), id="too many axes"),
        pytest.param(encoded({"a": entry(16, 0, [2])}), id="backwards"),
        pytest.param(encoded({"a": entry(0, 16, [4], "F8")}), id="unknown type"),
        pytest.param(encoded({"a": entry(0, 16, [2], ["F64"])}), id="type is a list"),
        pytest.param(encoded({"a": {**entry(0, 16), "module": "os"}}), id="more than an array"),
        pytest.param(encoded({"a": entry(0, 16, [16], "BOOL")}, b"\x02" * 16), id="neither true nor false"),
        pytest.param(encoded(b'{"a":%b,"a":%b}' % ((json.dumps(entry(0, 16)).encode(),) * 2)), id="name twice"),
    ],
)
def test_what_could_mislead_is_refused(data: bytes) -> None:
    with pytest.raises(ArchiveError, match="it is damaged or was made to mislead"):
        tensors.decode(data, "it")


def test_any_cut_is_noticed() -> None:
    data = tensors.encode({"a": np.arange(3.0)})
    for end in range(len(data)):
        with pytest.raises(ArchiveError):
            tensors.decode(data[:end], "it")
