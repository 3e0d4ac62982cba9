"""``check`` says on one line each what is wrong, mends what may be mended, and exits as things stand then."""

import json
from dataclasses import replace

import pytest

from qq2clone_tui.adapters.memory.sample import SampleFleet
from qq2clone_tui.cli import progress
from qq2clone_tui.domain.disk import ImageFacts
from qq2clone_tui.engine.checking import Checking
from qq2clone_tui.engine.ports.salvage import Leftover

from .conftest import Run
from .test_progress import Clock


def lose(web: SampleFleet, number: int, *, files: bool) -> None:
    """Take a clone's machine away behind our back, and its files too."""
    record = web.catalogue.clones("web")[number - 1]
    web.hypervisor.undefine(record.identity.uuid)
    if files:
        for path in record.files:
            del web.images.facts[path]


def test_where_all_is_sound_nothing_is_written_but_a_word_beside(run: Run, web: SampleFleet) -> None:
    result = run("check")
    assert (result.code, result.out) == (0, "")
    assert "4 machines, 1 template and" in result.err
    assert "all is sound" in result.err
    assert run("check", "-q").err == ""


def test_each_finding_is_one_line_with_its_object_its_reason_and_what_to_do(run: Run, web: SampleFleet) -> None:
    lose(web, 3, files=True)
    orphan = f"{web.images.place}/web-9.vda.qcow2"
    web.images.facts[orphan] = ImageFacts(orphan, "qcow2", 1 << 20, 4096)
    result = run("check")
    assert result.code == 16
    first, second = result.out.splitlines()
    assert first.startswith("needs consent  lost clone              web-3: the hypervisor has no machine")
    assert second.startswith(f"open           orphan file             {orphan}: ")
    assert second.endswith(f"rm -- {orphan}")
    assert "1 that --yes mends, 1 left to you" in result.err
    assert len(web.catalogue.clones()) == 4


def test_what_needs_consent_is_done_with_yes(run: Run, web: SampleFleet) -> None:
    lose(web, 3, files=True)
    looked = run("check", "--yes", "--dry-run")
    assert looked.out.startswith("mendable  lost clone              web-3: ")
    assert looked.code == 16
    assert len(web.catalogue.clones()) == 4
    result = run("check", "--yes")
    assert result.out.startswith("mended  lost clone              web-3: ")
    assert result.code == 0
    assert [one.identity.number for one in web.catalogue.clones()] == [1, 2, 4]
    assert run("check").out == ""


def test_only_the_template_that_is_named_is_checked(run: Run, web: SampleFleet) -> None:
    web.add_template("other")
    lose(web, 1, files=True)
    assert run("check", "other").code == 0
    assert run("check", "web").code == 16
    assert run("check", "-t", "other").code == 0
    assert run("-t", "web", "check").code == 16
    assert run("check", "").code == 13
    result = run("check", "nothing")
    assert result.code == 13
    assert "no template 'nothing'" in result.err


def test_json_holds_every_finding_with_all_its_parts(run: Run, web: SampleFleet) -> None:
    lose(web, 3, files=True)
    told = run("check", "--json", "-Q").json
    (finding,) = told.pop("findings")
    assert told == {
        "schema": 1, "dry_run": False, "interrupted": False, "machines": 4, "templates": 1, "files": 4,
        "digests": 0, "exit_code": 16,
    }  # fmt: skip
    assert finding == {
        "kind": "lost clone",
        "subject": "web-3",
        "template": "web",
        "why": "the hypervisor has no machine with its UUID any more",
        "fate": "needs consent",
        "deed": "its record is forgotten, for none of its files is left either",
        "remedy": "",
        "exit_code": 16,
    }
    assert run("check", "--json", "-Q", "--dry-run", "--yes").json["findings"][0]["fate"] == "mendable"
    assert run("check", "--json", "-Q", "--yes").json["exit_code"] == 0


def test_names_from_outside_can_do_nothing_to_the_terminal(run: Run, web: SampleFleet) -> None:
    place = web.images.place
    web.images.facts[f"{place}/web-9.vda.qcow2"] = ImageFacts(f"{place}/web-9.vda.qcow2", "qcow2", 1 << 20, 4096)
    path = f"{place}/web-1.vda.qcow2"
    evil = "/srv/\x1b[2J\n.qcow2"
    web.images.facts[path] = replace(web.images.facts[path], backing=evil)
    result = run("check")
    assert "\x1b" not in result.out + result.err
    assert len(result.out.splitlines()) == 2
    assert json.loads(run("check", "--json").out)["findings"]


def test_what_killed_processes_left_is_a_finding_and_no_warning(run: Run, web: SampleFleet) -> None:
    web.catalogue.salvage.left.append(Leftover("/srv/clones/x.qcow2", "/srv/clones/x.qcow2", "it was being made"))
    result = run("check", "--dry-run")
    assert result.out.startswith("mendable  unfinished work         /srv/clones/x.qcow2: ")
    assert result.code == 12
    assert "Warning" not in result.err


def test_interrupted_it_reports_what_it_found_until_then(
    run: Run, web: SampleFleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Checking.run

    def interrupted(self: Checking, *given: object, **named: object) -> object:
        return replace(whole(self, *given, **named), interrupted=True)  # type: ignore[arg-type]

    monkeypatch.setattr(Checking, "run", interrupted)
    lose(web, 1, files=True)
    result = run("check")
    assert result.code == 130
    assert "lost clone" in result.out
    assert "It was interrupted" in result.err


def test_digests_say_how_far_they_are_on_a_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = Clock()
    monkeypatch.setattr(progress, "time", clock)
    for shown in (True, False):
        with progress.Progress(shown=shown) as line:
            line.measured("computing digests:", 1 << 30, 4 << 30)
            clock.now += 1
            line.measured("computing digests:", 2 << 30, 4 << 30)
            clock.now += 1
            line.measured("looking at disks", 0, 0)
        drawn = capsys.readouterr().err
        assert ("computing digests: 2.0 GiB of 4.0 GiB" in drawn) == shown
        assert ("looking at disks" in drawn) == shown
        assert "1.0 GiB" not in drawn
