"""Files that are faulty: one sentence says what and where, one what to do; nothing else is ever raised."""

from __future__ import annotations

import io
import os
import struct
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from genstudio.data.files import detect_settings, file_filters, open_table, reader_for
from genstudio.data.reader import readers
from genstudio.data.readers import _archive
from genstudio.errors import Cancelled, DataError, SettingsError


def npy(array: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.save(file, array, allow_pickle=True)
    return file.getvalue()


def npz(**arrays: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue()


def npy_header(text: str) -> bytes:
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text.encode()


def parquet(**columns: list[object]) -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.table(columns), file)
    return file.getvalue()


def workbook(rows: list[list[object]]) -> bytes:
    book, file = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(file)
    return file.getvalue()


def far_workbook() -> bytes:
    book, file = openpyxl.Workbook(), io.BytesIO()
    book.active["A1"] = book.active["XFD1048576"] = 1
    book.save(file)
    return file.getvalue()


def zipped(**members: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return file.getvalue()


HUGE = npy_header("{'descr': '<f8', 'fortran_order': False, 'shape': (1099511627776,)}")
NUMBERS = np.arange(600.0).reshape(-1, 3)
VALID = {
    "numbers.csv": b"x,y\n" + b"1.5,2\n" * 50,
    "numbers.npy": npy(NUMBERS),
    "numbers.npz": npz(x=NUMBERS),
    "numbers.parquet": parquet(x=[1.0, 2.0] * 20, w=["a", "b"] * 20),
    "numbers.xlsx": workbook([["x", "y"], [1, 2], [3, 4]]),
}

FAULTS: list[tuple[str, bytes, str]] = [
    ("empty.csv", b"", "empty.csv is empty"),
    ("blank.csv", b"\n \n\n", "no lines that could be rows"),
    ("header.csv", b"x,y\n", "header but no rows"),
    ("header.xlsx", workbook([["x", "y"]]), "header but no rows"),
    ("nothing.xlsx", workbook([]), "empty"),
    ("cut.npy", npy(NUMBERS)[:-1], "declares 4,800 bytes of numbers but holds 4,799"),
    ("cut.npz", npz(x=NUMBERS)[:-30], "no whole NPY or NPZ"),
    ("cut.parquet", VALID["numbers.parquet"][:-9], "no whole Parquet"),
    ("cut.xlsx", VALID["numbers.xlsx"][:-30], "no whole workbook"),
    ("huge.npy", HUGE, "declares 8,796"),
    ("huge.npz", zipped(**{"x.npy": HUGE}), "x in huge.npz declares 8,796"),
    ("head.npy", npy_header("{'descr': '<f8', 'fortran_order': False, 'shape': (-1,)}"), "header of head.npy"),
    ("deep.npy", npy_header("(" * 5000), "header of deep.npy"),
    ("objects.npy", npy(np.array([{}, None])), "Python objects"),
    ("objects.npz", npz(x=np.array([{}, None])), "Python objects"),
    ("cube.npy", npy(np.zeros((2, 2, 2))), r"shape \(2, 2, 2\)"),
    ("scalar.npy", npy(np.array(1.0)), r"shape \(\)"),
    ("void.npy", npy(np.zeros(3, "V4")), "neither numbers, words nor dates"),
    ("norows.npy", npy(np.zeros((0, 3))), "no rows"),
    ("several.npz", npz(a=np.zeros(3), b=np.zeros(4)), r"none of which is a table: a \(3,\), b \(4,\)"),
    ("nul.csv", b"x,y\n1,2\n3,\x004\n" + b"5,6\n" * 60, "Line 3 of nul.csv holds a NUL"),
    ("wide.csv", b"x,y\n1,2\n\n3,4,5\n6,7,8\n", "Line 4 of wide.csv has 3 cells where the header has 2"),
    ("wider.csv", b"x,y\n1,2,3\n4,5,6\n", "Line 2 of wider.csv has 3 cells where the header has 2"),
    ("late.csv", b"x,y\n" + b"1,2\n" * 300_000 + b"3,4,5\n", "Line 300,002 of late.csv has 3 cells"),
    ("quote.csv", b'x,y\n1,2\n3,"4\n5,6\n', "opened in line 3 of quote.csv is never closed"),
    ("binary.csv", bytes(range(256)) * 8, "binary.csv holds binary data"),
    ("utf.csv", "x,y\nä,2\n".encode() + b"a,1\n" * 20_000 + b"\xff\xfe,3\n", "Line 20,003 of utf.csv does not fit"),
    ("odd.csv", "x,y\n1,2\n".encode("utf-16") + b"\0", "does not fit the encoding utf-16"),
    ("model.pt", zipped(**{"a/data.pkl": b""}), "pickle"),
    ("model.pkl", b"\x80\x04.", "pickle"),
    ("pickle.csv", b"\x80\x04\x95....", "pickle"),
    ("paper.csv", b"%PDF-1.7", "paper.csv is a PDF"),
    ("table.csv.gz", b"\x1f\x8b\x08....", "gzip"),
    ("book.ods", zipped(mimetype=b"x"), "zip archive"),
    ("noise.bin", bytes(range(256)), "of no kind"),
    ("far.xlsx", far_workbook(), "reaches over 16,384 columns and 1,048,576 rows"),
    ("lists.parquet", parquet(x=[[1], [2]]), "no column of numbers or words"),
    ("none.parquet", parquet(x=[]), "no rows"),
]


@pytest.mark.parametrize(("name", "content", "what"), FAULTS, ids=[fault[0] for fault in FAULTS])
def test_a_faulty_file_is_refused_in_a_sentence_that_names_it(
    tmp_path: Path, name: str, content: bytes, what: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(DataError, match=what) as caught:
        open_table(path)
    error = caught.value
    assert path.stem in error.what
    assert error.what.endswith(".")
    assert error.remedy.endswith(".")
    assert "allow_pickle" not in str(error)
    assert path.read_bytes() == content


def make_folder(path: Path) -> None:
    path.mkdir()


def make_pipe(path: Path) -> None:
    os.mkfifo(path)


def make_device_link(path: Path) -> None:
    path.symlink_to("/dev/zero")


def make_dangling_link(path: Path) -> None:
    path.symlink_to("nowhere.csv")


def make_nothing(path: Path) -> None:
    assert not path.exists()


@pytest.mark.parametrize(
    ("make", "what"),
    [
        (make_folder, "is a folder"), (make_pipe, "device or pipe"), (make_device_link, "device or pipe"),
        (make_dangling_link, "no file"), (make_nothing, "no file"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("ask", [open_table, reader_for, detect_settings])
def test_what_is_no_file_is_refused_before_it_is_opened(
    tmp_path: Path, make: Callable[[Path], None], what: str, ask: Callable[[Path], object]
) -> None:
    path = tmp_path / "thing.csv"
    make(path)
    with pytest.raises(DataError, match=what) as caught:
        ask(path)
    assert "thing.csv" in caught.value.what
    assert caught.value.remedy


@pytest.mark.parametrize("name", ["x" * 5000 + ".csv", "x" * 300 + ".csv", "nul\0byte.csv"])
def test_impossible_paths_are_refused_in_a_short_sentence(tmp_path: Path, name: str) -> None:
    with pytest.raises(DataError, match="cannot be opened") as caught:
        open_table(tmp_path / name)
    assert len(caught.value.what) < 400


@pytest.fixture
def _no_superuser() -> Iterator[None]:
    """The superuser may read everything, so the test becomes somebody else."""
    user = os.geteuid()
    os.seteuid(user or 65534)
    yield
    os.seteuid(user)


@pytest.mark.usefixtures("_no_superuser")
def test_a_file_without_the_right_to_read_is_refused() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "secret.csv"
        path.write_bytes(VALID["numbers.csv"])
        path.chmod(0)
        with pytest.raises(DataError, match=r"secret\.csv cannot be read: Permission denied"):
            open_table(path)


@pytest.mark.parametrize(
    "name", ["данные 数据 ñ.csv", "🎲 dice.csv", "\u202ertl.csv", "a'b\"c;d.csv", "x" * 240 + ".csv"]
)
def test_any_possible_name_can_be_read(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(VALID["numbers.csv"])
    assert open_table(path).name == name


def _replace(path: Path) -> None:
    path.write_bytes(VALID["numbers.csv"] + b"1,2\n")


@pytest.mark.parametrize(
    ("spoil", "what"), [(_replace, "changed while it was read"), (Path.unlink, "moved or deleted while it was read")]
)
@pytest.mark.parametrize("name", VALID)
def test_a_file_that_changes_while_it_is_read_is_refused(
    tmp_path: Path, name: str, spoil: Callable[[Path], None], what: str
) -> None:
    path = tmp_path / name
    path.write_bytes(VALID[name])

    def watch(fraction: float, doing: str) -> None:
        if path.exists() and path.read_bytes() == VALID[name]:
            spoil(path)

    with pytest.raises(DataError, match=what) as caught:
        open_table(path, watch=watch)
    assert caught.value.remedy


@pytest.mark.parametrize("name", VALID)
def test_progress_grows_to_the_end_and_reading_can_be_cancelled(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(VALID[name])
    told: list[float] = []
    open_table(path, watch=lambda fraction, doing: told.append(fraction))
    assert told == sorted(told)
    assert 0.0 <= told[0] <= told[-1] == 1.0

    def cancel(fraction: float, doing: str) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        open_table(path, watch=cancel)


WRONG_SUFFIXES = [
    ("numbers.npy", "numbers.csv", "array"), ("numbers.npz", "numbers.xlsx", "array"),
    ("numbers.xlsx", "numbers.csv", "excel"), ("numbers.parquet", "numbers.npz", "parquet"),
    ("numbers.csv", "numbers.parquet", "delimited"), ("numbers.csv", "numbers", "delimited"),
]  # fmt: skip


@pytest.mark.parametrize(("true", "given", "key"), WRONG_SUFFIXES)
def test_content_decides_where_the_suffix_is_wrong(tmp_path: Path, true: str, given: str, key: str) -> None:
    path = tmp_path / given
    path.write_bytes(VALID[true])
    assert reader_for(path).info.key == key
    assert len(open_table(path)) > 1


def test_a_bomb_is_capped_before_it_is_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_archive, "MOST_BYTES", 1 << 20)
    for name, content in {"bomb.npz": npz(x=np.zeros(1 << 18)), "bomb.parquet": parquet(x=[0.0] * (1 << 18))}.items():
        (tmp_path / name).write_bytes(content)
        assert len(content) < 1 << 15
        with pytest.raises(DataError, match="once unpacked"):
            open_table(tmp_path / name)


def test_settings_of_a_person_go_over_what_was_detected(tmp_path: Path) -> None:
    path = tmp_path / "numbers.csv"
    path.write_bytes(b"1;2\n3;4\n")
    assert open_table(path).names == ("column 1", "column 2")
    assert open_table(path, {"header": True}).names == ("1", "2")
    with pytest.raises(SettingsError, match=r"numbers\.csv.*`heade`.*header"):
        open_table(path, {"heade": True})


def test_texts_that_begin_like_a_picture_are_texts(tmp_path: Path) -> None:
    path = tmp_path / "health.csv"
    path.write_bytes(b"BMI,age\n21.5,40\n23.1,50\n")
    assert open_table(path).names == ("BMI", "age")


def test_filters_name_every_suffix() -> None:
    everything = file_filters()[0]
    for reader in readers().values():
        assert all(f"*{suffix}" in everything for suffix in reader.info.suffixes)
    assert file_filters()[-1] == "All files (*)"


def outcome(path: Path) -> None:
    """Either a table with rows or a sentence with its remedy; everything else fails the test."""
    try:
        rows, said = len(open_table(path)), True
    except DataError as error:
        rows, said = 1, bool(error.what and error.remedy)
    assert rows
    assert said


@pytest.mark.parametrize("name", VALID)
def test_no_cut_makes_a_valid_file_raise_anything_but_a_sentence(tmp_path: Path, name: str) -> None:
    content = VALID[name]
    path = tmp_path / name
    for cut in range(0, len(content), max(1, len(content) // 150)):
        path.write_bytes(content[:cut])
        outcome(path)


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
HEADS = [b"", b"PK\x03\x04", b"PAR1", b"\x93NUMPY\x01\x00v\x00", b"\xff\xfe", b"\xef\xbb\xbf", OLE]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=st.one_of(st.binary(max_size=400), st.text(alphabet='01.,;"\n\r\t #-aä', max_size=80).map(str.encode)),
    head=st.sampled_from(HEADS), suffix=st.sampled_from([".csv", ".npy", ".npz", ".parquet", ".xlsx", ".xls", ""]),
)  # fmt: skip
def test_random_bytes_never_raise_anything_but_a_sentence(
    tmp_path: Path, content: bytes, head: bytes, suffix: str
) -> None:
    path = tmp_path / f"random{suffix}"
    path.write_bytes(head + content)
    outcome(path)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.sampled_from(sorted(VALID)),
    places=st.lists(st.tuples(st.floats(0, 0.999), st.integers(0, 255)), max_size=5),
)
def test_flipped_bytes_never_raise_anything_but_a_sentence(
    tmp_path: Path, name: str, places: list[tuple[float, int]]
) -> None:
    content = bytearray(VALID[name])
    for place, value in places:
        content[int(place * len(content))] = value
    path = tmp_path / name
    path.write_bytes(bytes(content))
    outcome(path)
