from __future__ import annotations

import hashlib
import json
import os
import random
import zipfile
from pathlib import Path
from typing import Any

import pytest

from genstudio.errors import ArchiveError, Cancelled
from genstudio.runs import container
from genstudio.runs.container import Contents, Members
from genstudio.runs.migration import up_to_date

MEMBERS = {"a.json": b'{"a": 1}' * 50, "b/c.safetensors": bytes(range(256)) * 8, "d.toml": b"x = 1\n"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "runs.genstudio"


def forge(path: Path, content: list[tuple[str, bytes]], **manifest: Any) -> None:
    """A file of a stranger, which says of itself what it likes."""
    said = {name: {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)} for name, data in content}
    whole = {"format": 1, "program": "0", "members": said, **manifest}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest.json", json.dumps(whole))
        for name, data in content:
            info = zipfile.ZipInfo("placeholder")
            info.filename = name  # as it stands, where ZipInfo would tidy it up
            archive.writestr(info, data, zipfile.ZIP_DEFLATED)


def read_or_refused(path: Path) -> Contents | None:
    """What could be read; a refusal must name the file."""
    try:
        return container.read(path, 1)
    except ArchiveError as error:
        if path.name not in str(error):
            raise
        return None


def test_members_come_back(path: Path) -> None:
    container.write(path, MEMBERS, 1)
    assert container.read(path, 1) == Contents(1, MEMBERS, ())
    assert zipfile.ZipFile(path).testzip() is None  # any program can look inside


def test_equal_content_is_equal_byte_for_byte(path: Path) -> None:
    container.write(path, MEMBERS, 1)
    first = path.read_bytes()
    container.write(path, MEMBERS, 1)
    assert path.read_bytes() == path.with_name(path.name + ".bak").read_bytes() == first


def test_cancelling_keeps_the_former_file(path: Path) -> None:
    container.write(path, MEMBERS, 1)
    former = path.read_bytes()

    def watch(fraction: float, doing: str) -> None:
        if fraction > 0.1:
            raise Cancelled

    with pytest.raises(Cancelled):
        container.write(path, {**MEMBERS, "e": b"more"}, 1, watch)
    assert path.read_bytes() == former
    with pytest.raises(Cancelled):
        container.read(path, 1, watch)


def test_flipped_bytes_are_found_and_the_rest_is_read(path: Path) -> None:
    container.write(path, MEMBERS, 1)
    whole, numbers = path.read_bytes(), random.Random(0)
    damaged: set[str] = set()
    for _ in range(300):
        data = bytearray(whole)
        data[numbers.randrange(len(data))] ^= 1 << numbers.randrange(8)
        path.write_bytes(data)
        contents = read_or_refused(path)
        if contents is not None:
            assert contents.members.items() <= MEMBERS.items()
            assert set(contents.members) | set(contents.damaged) >= set(MEMBERS)
            damaged |= set(contents.damaged)
    assert damaged >= set(MEMBERS)


def test_a_file_cut_short_is_read_as_far_as_it_goes(path: Path) -> None:
    container.write(path, MEMBERS, 1)
    whole, read = path.read_bytes(), []
    for end in range(0, len(whole), 7):
        path.write_bytes(whole[:end])
        contents = read_or_refused(path)
        if contents is not None:
            assert contents.members.items() <= MEMBERS.items()
            read.append(len(contents.members))
    assert read == sorted(read)
    assert {0, 1, 2, 3} == set(read)


@pytest.mark.parametrize(
    "name",
    ["../up.json", "/etc/passwd", "a/../../b", "C:\\x", "\\\\server\\share", "a\\b", "./a", "a//b", "", "a\x00b", "ä",
     "a:b"],
)
def test_names_that_lead_out_are_refused(path: Path, name: str) -> None:
    forge(path, [("ok.json", b"{}"), (name, b"{}")])
    with pytest.raises(ArchiveError, match="leads out of it"):
        container.read(path, 1)
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def duplicate(path: Path) -> None:
    with pytest.warns(UserWarning, match="Duplicate"):
        forge(path, [("a.json", b"{}"), ("a.json", b"[]")])


def prefixed(path: Path) -> None:
    container.write(path, MEMBERS, 1)
    path.write_bytes(b"#!/bin/sh\n" + path.read_bytes())


def two_in_one(path: Path) -> None:
    container.write(path, MEMBERS, 1)
    path.write_bytes(b"%PDF-1.4\n" + path.read_bytes() + path.read_bytes())


def bomb(path: Path) -> None:
    forge(path, [("a.json", b"\0" * 50_000_000)])


def many(path: Path) -> None:
    forge(path, [(f"{i}.json", b"") for i in range(container.MOST_MEMBERS + 1)])


def liar(path: Path) -> None:
    """Says that it unpacks to 3 GB."""
    forge(path, [("a.json", b"{}")])
    place = path.read_bytes().rindex(b"PK\x01\x02") + 24
    with path.open("r+b") as file:
        file.seek(place)
        file.write((3 << 30).to_bytes(4, "little"))


def pickled(path: Path) -> None:
    path.write_bytes(b"\x80\x04\x95" + b"x" * 100)


def torch_like(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("model/data.pkl", b"\x80\x02cos\nsystem\n.")


def newer(path: Path) -> None:
    container.write(path, MEMBERS, 2)


def nothing(path: Path) -> None:
    path.write_bytes(b"")


def pipe(path: Path) -> None:
    os.mkfifo(path)


def folder(path: Path) -> None:
    path.mkdir()


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (duplicate, "same name"), (prefixed, "not a GenStudio file"), (two_in_one, "not a GenStudio file"),
        (bomb, "far more than it holds"), (many, "not a GenStudio file|members"), (liar, "too large"),
        (pickled, "never are"), (torch_like, "table of contents"), (newer, "newer GenStudio"),
        (nothing, "not a GenStudio file"), (pipe, "not a GenStudio file"), (folder, "not a GenStudio file"),
    ],
)
def test_files_of_strangers_are_refused_in_a_sentence(path: Path, make: Any, said: str) -> None:
    make(path)
    with pytest.raises(ArchiveError, match=said) as caught:
        container.read(path, 1)
    assert path.name in str(caught.value)


@pytest.mark.parametrize(
    "manifest", [{"format": "1"}, {"format": True}, {"format": None}, {"members": []}, {"members": "os.system"}]
)
def test_manifests_that_say_something_else(path: Path, manifest: dict[str, Any]) -> None:
    forge(path, [("a.json", b"{}")], **manifest)
    with pytest.raises(ArchiveError, match="says something else"):
        container.read(path, 1)


def test_members_that_the_manifest_does_not_name_are_passed_over(path: Path) -> None:
    forge(path, [("a.json", b"{}"), ("evil.py", b"import os")], members={
        "a.json": {"sha256": hashlib.sha256(b"{}").hexdigest(), "size": 2}, "manifest.json": {}, "gone": None,
    })
    assert container.read(path, 1) == Contents(1, {"a.json": b"{}"}, ("manifest.json", "gone"))


def test_members_are_not_trusted_for_their_zip_checksum_alone(path: Path) -> None:
    forge(path, [("a.json", b"{}")], members={"a.json": {"sha256": "0" * 64, "size": 2}})
    assert container.read(path, 1).damaged == ("a.json",)


class TestMigration:
    def test_older_formats_are_brought_up_to_date_one_by_one(self) -> None:
        def first(members: Members) -> Members:
            return {"renamed": members.pop("old"), **members}

        def second(members: Members) -> Members:
            return {**members, "added": b"2"}

        contents = Contents(1, {"old": b"1"}, ())
        assert up_to_date(contents, {1: first, 2: second}, 3) == {"renamed": b"1", "added": b"2"}
        assert up_to_date(contents, {}, 1) == {"old": b"1"}
        assert contents.members == {"old": b"1"}

    def test_formats_without_a_way_are_refused(self) -> None:
        with pytest.raises(ArchiveError, match="format 0 cannot be read any more"):
            up_to_date(Contents(0, {}, ()), {}, 1)
