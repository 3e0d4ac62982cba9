"""Machines and templates edited and renamed for real; the editor is a small program."""

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from qq2clone_tui.adapters.host.drafts import FileDrafts
from qq2clone_tui.adapters.sample.template import write_sample
from qq2clone_tui.domain.errors import BadArgument

from .embed_roots import uri_of
from .typed_commands import command_line, run_command, surroundings
from .typist import Typist

Type = Callable[..., Any]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def typed(home: Path, root: Path) -> Type:
    """Type commands at clones of the sample template."""
    options = ("-c", uri_of(root), "--data-dir", str(home / "data"), "-s", str(home / "images"))

    def run(*words: str, code: int = 0) -> Any:
        return run_command(home, *options, *words, code=code)

    run("import-template", str(write_sample(home / "sample").xml), "tiny")
    run("clone", "4", "-t", "tiny")
    return run


@pytest.fixture
def edited(typed: Type, monkeypatch: pytest.MonkeyPatch) -> Type:
    """Run a command with a line of sed as the editor."""

    def run(sed: str, *words: str, code: int = 0) -> Any:
        monkeypatch.setenv("VISUAL", f"sed -i '{sed}'")
        return typed(*words, code=code)

    return run


def script(directory: Path, text: str) -> str:
    """Return the path of an editor that does this."""
    path = directory / "editor"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o700)
    return str(path)


def drafts(home: Path) -> list[str]:
    return sorted(path.name for path in (home / "data" / "drafts").glob("*/*.xml"))


def forget_drafts(home: Path) -> None:
    for directory in (home / "data" / "drafts").glob("*/"):
        shutil.rmtree(directory)


def xml_of(root: Path, name: str) -> str:
    return (root / "etc" / "qemu" / f"{name}.xml").read_text()


def test_an_edit_is_stored(edited: Type, root: Path, home: Path) -> None:
    edited("s/<vcpu\\([^>]*\\)>1</<vcpu\\1>2</", "-t", "tiny", "edit", "1")
    assert ">2</vcpu>" in xml_of(root, "tiny-1")
    assert drafts(home) == []


def test_what_may_not_change_is_refused_with_every_reason_and_kept(edited: Type, root: Path, home: Path) -> None:
    before = xml_of(root, "tiny-2")
    refused = edited("s/tiny-2/other/", "-t", "tiny", "edit", "2", code=12)
    assert "<name> was changed" in refused.stderr
    assert "disk vda has another source" in refused.stderr
    assert xml_of(root, "tiny-2") == before
    assert drafts(home) == ["tiny-2.xml"]
    again = edited("s/other/tiny-2/", "-t", "tiny", "edit", "2")
    assert "was kept at" in again.stderr
    assert drafts(home) == []


def test_libvirts_own_word_counts(edited: Type, root: Path, home: Path) -> None:
    before = xml_of(root, "tiny-3")
    for nonsense in (
        "s/<vcpu/<vcpux/",
        "s/<devices>/<devices><nonsense\\/>/",
        's/machine=.pc[^>]*>/machine="none-such">/',
    ):
        edited(nonsense, "-t", "tiny", "edit", "3", code=15)
        forget_drafts(home)
    assert xml_of(root, "tiny-3") == before


def test_an_editor_that_fails_or_changes_nothing_changes_nothing(
    typed: Type, edited: Type, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "is as it was" in edited("", "-t", "tiny", "edit", "1").stderr
    monkeypatch.setenv("VISUAL", "false")
    assert "it ended with status 1" in typed("-t", "tiny", "edit", "1", code=14).stderr
    monkeypatch.setenv("VISUAL", "no-such-editor")
    typed("-t", "tiny", "edit", "1", code=11)
    monkeypatch.delenv("VISUAL")
    monkeypatch.delenv("EDITOR", raising=False)
    assert "Set EDITOR" in typed("-t", "tiny", "edit", "1", code=11).stderr, "nobody is there to use vi"
    assert drafts(home) == []


def test_two_people_cannot_edit_one_machine(typed: Type, root: Path, home: Path, tmp_path: Path) -> None:
    ready, go = tmp_path / "ready", tmp_path / "go"
    os.mkfifo(go)
    script = tmp_path / "slow-editor"
    script.write_text(f"#!/bin/sh\ntouch '{ready}'\nread -r _ < '{go}'\n")
    script.chmod(0o700)
    first = subprocess.Popen(
        command_line("-c", uri_of(root), "--data-dir", str(home / "data"), "-s", str(home / "images"),
                     "modify-template", "tiny", "edit"),
        cwd=home, env={**surroundings(home), "VISUAL": str(script)}, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        while not ready.exists():
            assert first.poll() is None
        (lock,) = (path for path in (home / "data" / "drafts").glob("template-*.lock") if path.read_text())
        assert lock.read_text() == str(first.pid)
        with (
            pytest.raises(BadArgument, match=f"process {first.pid} is editing it"),
            FileDrafts(lock.parent).alone(lock.stem, "template tiny"),
        ):
            pytest.fail("two at once")
    finally:
        go.write_text("\n")
        _, err = first.communicate(timeout=60)
    assert first.returncode == 0, err


def test_a_template_is_edited_for_the_clones_made_afterwards(edited: Type, typed: Type, root: Path) -> None:
    edited("s/<vcpu\\([^>]*\\)>1</<vcpu\\1>3</", "modify-template", "tiny", "edit")
    typed("clone", "-t", "tiny")
    assert ">3</vcpu>" in xml_of(root, "tiny-5")


def test_a_templates_disks_are_not_the_texts_to_change(edited: Type, home: Path) -> None:
    refused = edited("s/sample.qcow2/other.qcow2/", "modify-template", "tiny", "edit", code=12)
    assert "import the machine again to change its disks" in refused.stderr
    forget_drafts(home)


def test_a_template_that_changes_meanwhile_is_not_overwritten(
    typed: Type, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (stored,) = (home / "data").glob("templates/**/tiny.xml")
    before = stored.read_text()
    monkeypatch.setenv(
        "VISUAL",
        script(tmp_path, f"sed -i 's/<\\/domain>/<!-- mine -->&/' \"$1\"; echo '<!-- theirs -->' >> '{stored}'"),
    )
    refused = typed("modify-template", "tiny", "edit", code=12)
    assert "somebody else changed it" in refused.stderr
    assert "+<!-- theirs -->" in refused.stderr
    assert stored.read_text().endswith("<!-- theirs -->\n")
    again = typed("modify-template", "tiny", "edit", code=12)
    assert "somebody else changed it since the text was kept" in again.stderr, "nobody is there to be asked"
    forget_drafts(home)
    stored.write_text(before)


def test_an_emptied_text_changes_nothing(edited: Type, root: Path, home: Path) -> None:
    before = xml_of(root, "tiny-1")
    assert "the text is empty" in edited("d", "-t", "tiny", "edit", "1", code=12).stderr
    assert xml_of(root, "tiny-1") == before
    assert drafts(home) == []


def test_what_was_written_outlives_editors_and_programs_that_are_killed(
    typed: Type, root: Path, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    change = "sed -i 's/<vcpu\\([^>]*\\)>[0-9]/<vcpu\\1>4/' \"$1\""
    for killed, code in (("$$", 14), ("$PPID", -signal.SIGKILL)):
        monkeypatch.setenv("VISUAL", script(tmp_path, f"{change}; kill -9 {killed}"))
        typed("-t", "tiny", "edit", "4", code=code)
        assert drafts(home) == ["tiny-4.xml"]
        assert ">4</vcpu>" not in xml_of(root, "tiny-4")
    monkeypatch.setenv("VISUAL", "true")
    assert "was kept at" in typed("-t", "tiny", "edit", "4").stderr
    assert ">4</vcpu>" in xml_of(root, "tiny-4")
    assert drafts(home) == []


def test_a_kept_text_outlives_an_editor_that_fails_and_takes_it_away(
    typed: Type, root: Path, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, words = xml_of(root, "tiny-4"), ("-t", "tiny", "edit", "4")
    monkeypatch.setenv("VISUAL", "sed -i 's/tiny-4/\\xffother/'")
    typed(*words, code=15)
    (kept,) = [path.read_bytes() for path in home.rglob("tiny-4.xml")]
    assert b"\xffother" in kept
    for breakage in ('rm "$1"', ': > "$1"'):
        monkeypatch.setenv("VISUAL", script(tmp_path, f"{breakage}; exit 1"))
        assert "as it was before is kept at" in typed(*words, code=14).stderr
        assert [path.read_bytes() for path in home.rglob("tiny-4.xml")] == [kept]
    assert xml_of(root, "tiny-4") == before
    forget_drafts(home)


def test_on_a_terminal_a_refused_text_is_edited_again_until_it_is_sound(
    typed: Type, root: Path, home: Path, tmp_path: Path
) -> None:
    editor = script(
        tmp_path,
        f"echo the editor is here; if test -e '{tmp_path}/once'; then sed -i s/vcpux/vcpu/g \"$1\";"
        f" else touch '{tmp_path}/once'; sed -i 's/>4<.vcpu>/>2<\\/vcpu>/; s/vcpu/vcpux/g' \"$1\"; fi",
    )
    options = ("-c", uri_of(root), "--data-dir", str(home / "data"), "-s", str(home / "images"))
    with Typist(command_line(*options, "-t", "tiny", "edit", "4"), home, {"VISUAL": editor}) as typist:
        typist.wait_for("e edits it again, q keeps it and quits")
        assert ">4</vcpu>" in xml_of(root, "tiny-4")
        typist.type("e\r")
        typist.wait_for("Machine tiny-4 is changed")
        assert typist.exit_code() == 0
    assert ">2</vcpu>" in xml_of(root, "tiny-4")
    (tmp_path / "once").unlink()
    with Typist(command_line(*options, "-t", "tiny", "edit", "4"), home, {"VISUAL": editor}) as typist:
        typist.wait_for("e edits it again, q keeps it and quits")
        typist.type("q\r")
        typist.wait_for("the same command goes on from it")
        assert typist.exit_code() == 15
    assert drafts(home) == ["tiny-4.xml"]
    with Typist(command_line(*options, "-t", "tiny", "edit", "4"), home, {"VISUAL": "true"}) as typist:
        typist.wait_for("Go on from the kept text?")
        typist.type("n\r")
        typist.wait_for("Nothing changed: machine tiny-4 is as it was")
        assert typist.exit_code() == 0
    assert drafts(home) == []


def test_no_probe_is_left_among_the_machines(root: Path) -> None:
    assert [path.name for path in (root / "etc" / "qemu").glob("qq2clone-check-*")] == []


def test_several_machines_are_not_edited_at_once(edited: Type) -> None:
    refused = edited("", "-t", "tiny", "edit", "1-2", code=12)
    assert "it selects tiny-1, tiny-2" in refused.stderr
    edited("", "-t", "tiny", "edit", "99", code=12)


def test_a_renamed_template_takes_its_clones_along_and_the_running_later(typed: Type, root: Path) -> None:
    typed("start", "2", "-t", "tiny")
    done = typed("modify-template", "tiny", "rename", "small")
    assert "tiny-2: is running and keeps its name" in done.stderr
    names = [machine["name"] for machine in json.loads(typed("list", "all", "--json").stdout)["machines"]]
    assert names == ["small-1", "tiny-2", "small-3", "small-4", "small-5"]
    assert 'template="small"' in xml_of(root, "small-1")
    assert 'template="small"' in xml_of(root, "tiny-2")
    typed("destroy", "2", "-t", "small")
    typed("modify-template", "small", "rename", "small")
    names = [machine["name"] for machine in json.loads(typed("list", "all", "--json").stdout)["machines"]]
    assert names == ["small-1", "small-2", "small-3", "small-4", "small-5"]
    typed("start", "all", "-t", "small")
    typed("destroy", "all", "-t", "small")


def test_a_second_template_of_the_same_images_lives_on_by_itself(typed: Type, home: Path, root: Path) -> None:
    typed("copy-template", "small", "twin")
    typed("clone", "-t", "twin")
    typed("copy-template", "small", "twin", code=13)
    typed("copy-template", "nobody", "another", code=13)
    typed("modify-template", "small", "rename", "twin", code=13)
    assert (root / "etc" / "qemu" / "twin-1.xml").exists()
    typed("rm", "all", "-t", "twin", "--yes")
    typed("delete-template", "twin", "--yes")
    assert (home / "sample" / "sample.qcow2").exists()


@pytest.mark.parametrize("words", [("rename",), ("edit", "x"), ("prepare-image", "x"), ("nonsense",)])
def test_a_change_that_is_none_is_refused(typed: Type, words: tuple[str, ...]) -> None:
    typed("modify-template", "small", *words, code=12)
