"""Files are overwritten for real, and those that are somebody else's too are not."""

from pathlib import Path

import pytest

from qq2clone_tui.adapters.images.shred import LocalEraser
from qq2clone_tui.domain.errors import WrongFileKind


@pytest.fixture
def eraser(tmp_path: Path) -> LocalEraser:
    return LocalEraser(str(tmp_path))


def test_no_byte_of_a_file_stays(tmp_path: Path, eraser: LocalEraser) -> None:
    file = tmp_path / "-rf [bold].qcow2"
    file.write_bytes(b"secret" * 50_000)
    eraser.overwrite(str(file), 1)
    content = file.read_bytes()
    assert set(content) == {0}
    assert len(content) >= 300_000


def test_a_missing_file_is_no_error(tmp_path: Path, eraser: LocalEraser) -> None:
    assert eraser.check(str(tmp_path / "none")) is False
    eraser.overwrite(str(tmp_path / "none"), 1)


def test_links_to_somebody_elses_file_are_refused(tmp_path: Path, eraser: LocalEraser) -> None:
    precious = tmp_path / "precious"
    precious.write_text("keep")
    (tmp_path / "hard").hardlink_to(precious)
    (tmp_path / "soft").symlink_to(precious)
    with pytest.raises(WrongFileKind, match="2 names"):
        eraser.overwrite(str(tmp_path / "hard"), 1)
    with pytest.raises(WrongFileKind, match="no regular file"):
        eraser.overwrite(str(tmp_path / "soft"), 1)
    assert precious.read_text() == "keep"


def test_doubts_are_told_of_file_systems_that_write_elsewhere(tmp_path: Path) -> None:
    found = LocalEraser("/dev/shm").doubts()
    assert any("tmpfs" in doubt for doubt in found)
    assert all(doubt.strip() for doubt in LocalEraser(str(tmp_path)).doubts())
