"""Drafts are private, survive what killed their program, and belong to one person at a time."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from qq2clone_tui.adapters.host.drafts import FileDrafts
from qq2clone_tui.adapters.host.editor import HostEditor, editor_words
from qq2clone_tui.domain.errors import AccessError, BadArgument, CommandFailed, MissingProgram


@pytest.fixture
def drafts(tmp_path: Path) -> FileDrafts:
    return FileDrafts(tmp_path / "data" / "drafts")


def test_a_draft_comes_back_as_it_was_kept(drafts: FileDrafts) -> None:
    assert drafts.find("machine-1") is None
    path = drafts.keep("machine-1", "web-1", "before", "after\n")
    assert path.endswith("/web-1.xml")
    kept = drafts.find("machine-1")
    assert kept is not None
    assert (kept.path, kept.original, kept.text) == (path, "before", "after\n")
    assert "after" not in repr(kept), "a text may hold passwords, and an error may show the value"
    drafts.keep("machine-1", "site-1", "before", "later")
    kept = drafts.find("machine-1")
    assert kept is not None
    assert kept.text == "later"
    drafts.drop("machine-1")
    drafts.drop("machine-1")
    assert drafts.find("machine-1") is None
    assert drafts.find("machine-2") is None


def test_nobody_else_reads_it_and_what_editors_leave_goes_with_it(drafts: FileDrafts) -> None:
    path = Path(drafts.keep("machine-1", "web-1", "before", "after"))
    assert {stat.S_IMODE(each.stat().st_mode) for each in path.parent.iterdir()} == {0o600}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    path.with_name("web-1.xml~").write_text("a backup with a password in it")
    path.with_name(".web-1.xml.swp").write_text("another")
    drafts.drop("machine-1")
    assert not path.parent.exists()


@pytest.mark.parametrize("name", ["../../outside", "a/b", "", "-rf", "x\ny", "$(reboot)", "n" * 300])
def test_no_name_leaves_the_directory(drafts: FileDrafts, tmp_path: Path, name: str) -> None:
    path = Path(drafts.keep(f"machine-{name}", name, "before", "after"))
    assert path.name == "machine.xml"
    assert path.parent.parent == tmp_path / "data" / "drafts"
    kept = drafts.find(f"machine-{name}")
    assert kept is not None


def test_what_is_not_utf8_is_kept_byte_by_byte(drafts: FileDrafts) -> None:
    path = Path(drafts.keep("machine-1", "web-1", "before", "after"))
    path.write_bytes(b"<domain>\xff</domain>")
    kept = drafts.find("machine-1")
    assert kept is not None
    assert kept.text.encode("utf-8", "surrogateescape") == b"<domain>\xff</domain>"
    assert path.read_bytes() == b"<domain>\xff</domain>"


def test_a_draft_of_gigabytes_is_not_read(drafts: FileDrafts) -> None:
    path = Path(drafts.keep("machine-1", "web-1", "before", "after"))
    with path.open("r+b") as stream:
        stream.truncate(8 << 30)
    with pytest.raises(AccessError, match="larger than 16 MiB"):
        drafts.find("machine-1")


def test_the_second_is_told_who_edits_and_a_dead_one_holds_nobody_up(drafts: FileDrafts, tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from qq2clone_tui.adapters.host.drafts import FileDrafts\n"
        "with FileDrafts(Path(sys.argv[1])).alone('machine-1', 'machine web-1'):\n"
        "    print('held', flush=True); sys.stdin.read()"
    )
    words = [sys.executable, "-c", code, str(tmp_path / "data" / "drafts")]
    root = Path(__file__).parents[2]
    with subprocess.Popen(words, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with (
            pytest.raises(BadArgument, match=f"cannot edit the machine web-1: process {other.pid} is editing it"),
            drafts.alone("machine-1", "machine web-1"),
        ):
            pytest.fail("two at once")
        with drafts.alone("machine-2", "machine web-2"):
            pass
        other.kill()
    with drafts.alone("machine-1", "machine web-1"):
        pass


def test_the_editor_is_the_one_the_environment_names(monkeypatch: pytest.MonkeyPatch) -> None:
    assert editor_words({"VISUAL": "code --wait 'my profile'", "EDITOR": "vi"}) == ["code", "--wait", "my profile"]
    assert editor_words({"VISUAL": "  ", "EDITOR": "ed -s"}) == ["ed", "-s"]
    with pytest.raises(BadArgument, match="cannot use \\$EDITOR"):
        editor_words({"EDITOR": "vi 'unclosed"})
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}" if name == "vi" else None)
    assert editor_words({}) == ["vi"]
    monkeypatch.setattr("shutil.which", lambda _: None)
    with pytest.raises(MissingProgram, match="none is installed"):
        editor_words({})


def test_no_shell_reads_the_editors_words(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path, trap = tmp_path / "it's $(touch trap); x.xml", tmp_path / "trap"
    path.write_text("before")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VISUAL", f"sed -i s/before/$(touch\\ {trap})/")
    with pytest.raises(CommandFailed):
        HostEditor().edit(str(path))
    monkeypatch.setenv("VISUAL", "sed -i s/before/after/")
    HostEditor().edit(str(path))
    assert path.read_text() == "after"
    assert not trap.exists()


@pytest.mark.parametrize(("script", "word"), [("exit 7", "status 7"), ("kill -9 $$", "a signal ended it (9)")])
def test_an_editor_that_fails_is_told_how(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: str, word: str
) -> None:
    monkeypatch.setenv("VISUAL", f"sh -c '{script}'")
    with pytest.raises(CommandFailed) as failed:
        HostEditor().edit(str(tmp_path / "text.xml"))
    assert word in failed.value.why
