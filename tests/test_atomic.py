from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from genstudio.atomic import check_place, replacing, write_bytes, write_text
from genstudio.errors import ArchiveError

LIMITED = """
import resource, sys
from pathlib import Path
from genstudio.atomic import write_bytes
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    write_bytes(Path(sys.argv[1]), b"x" * 1_000_000, keep_former=True)
except Exception as error:
    print(type(error).__name__, error)
"""


def test_a_file_and_its_former_version(tmp_path: Path) -> None:
    path = tmp_path / "größe.txt"
    write_text(path, "one\n")
    assert not path.with_name("größe.txt.bak").exists()
    for text in (b"two", b"three", b"three"):
        former = path.read_bytes()
        write_bytes(path, text, keep_former=True)
        assert path.read_bytes() == text
        assert path.with_name("größe.txt.bak").read_bytes() == former
    assert len(list(tmp_path.iterdir())) == 2


def test_the_former_file_survives_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"former")
    with pytest.raises(ZeroDivisionError), replacing(path) as file:
        file.write(b"half" * (1 // 0))
    assert path.read_bytes() == b"former"
    assert [p.name for p in tmp_path.iterdir()] == ["a"]


def test_a_full_disk_leaves_the_former_file(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"former")
    done = subprocess.run([sys.executable, "-c", LIMITED, str(path)], capture_output=True, text=True, check=True)
    assert "ArchiveError There is no room to write a" in done.stdout
    assert "save as" in done.stdout
    assert path.read_bytes() == b"former"
    assert [p.name for p in tmp_path.iterdir()] == ["a"]


def test_a_device_without_room_is_said() -> None:
    with pytest.raises(ArchiveError, match="no room"):
        write_bytes(Path("/dev/full"), b"x")


@pytest.mark.parametrize("place", ["/proc/no.txt", "{tmp}/file/no.txt", "{tmp}/nowhere/no.txt", "{tmp}"])
def test_places_that_cannot_be_written(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_bytes(b"")
    path = Path(place.format(tmp=tmp_path))
    with pytest.raises(ArchiveError, match="Save as"):
        write_bytes(path, b"x")


@pytest.mark.parametrize("place", ["{tmp}/file/no.txt", "{tmp}/nowhere/no.txt", "{tmp}"])
def test_places_are_checked_before_the_work(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(ArchiveError, match="Save as"):
        check_place(Path(place.format(tmp=tmp_path)))
    check_place(tmp_path / "new.txt")
    check_place(Path("/dev/null"))


def test_links_and_rights_stay(tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_bytes(b"former")
    target.chmod(0o640)
    link.symlink_to(target)
    write_bytes(link, b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"
    assert target.stat().st_mode & 0o777 == 0o640


def test_what_a_killed_program_left_is_swept(tmp_path: Path) -> None:
    old, fresh = tmp_path / ".genstudio-0011.part", tmp_path / ".genstudio-0022.part"
    for part in (old, fresh):
        part.write_bytes(b"half")
    os.utime(old, (0, 0))
    write_bytes(tmp_path / "a", b"x")
    assert sorted(p.name for p in tmp_path.iterdir()) == [fresh.name, "a"]


def test_a_pipe_is_written_to(capfd: pytest.CaptureFixture[str]) -> None:
    write_text(Path("/dev/stdout"), "hello\n")
    assert capfd.readouterr().out == "hello\n"
