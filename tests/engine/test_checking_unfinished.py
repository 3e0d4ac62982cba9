"""A check tells what killed processes left half done before it is dealt with, and what became of it afterwards."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from qq2clone_tui.adapters.catalogue import salvage
from qq2clone_tui.adapters.images import LocalImages
from qq2clone_tui.domain.errors import AccessError
from qq2clone_tui.domain.findings import Fate, FindingKind
from qq2clone_tui.domain.intent import IntentKind
from tests.adapters.test_catalogue_processes import lines, process

from .check_lab import Lab, qemu_img

INTENT = "from qq2clone_tui.domain.intent import Intent, IntentKind\n"


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    lab = Lab(tmp_path)
    lab.template()
    yield lab
    lab.close()


def killed(lab: Lab, script: str) -> None:
    """Do something to the catalogue in a process that is killed right after."""
    with process(lab.home, f"{INTENT}{script}\ntell('done')\nsys.stdin.readline()") as worker:
        assert lines(worker, 1) == ["done"]
        worker.kill()
        worker.wait(30)


def test_an_image_that_was_being_copied_is_told_by_a_look_and_deleted_by_a_check(lab: Lab) -> None:
    lab.clone(1)
    copy = lab.place / "golden.vda.base.qcow2"
    copy.write_bytes(b"half of it")
    killed(lab, f"catalogue.journal.note([{str(copy)!r}])")
    looked = lab.check(mend=False)
    finding = lab.only(looked)
    assert (finding.kind, finding.subject, finding.fate) == (FindingKind.UNFINISHED, str(copy), Fate.MENDABLE)
    assert looked.exit_code == 12
    assert copy.exists()
    report = lab.check()
    finding = lab.only(report)
    assert (finding.fate, report.exit_code) == (Fate.MENDED, 0)
    assert "it is deleted" in finding.deed
    assert not copy.exists()
    assert lab.check().findings == ()


def test_a_number_that_was_only_reserved_is_given_back(lab: Lab) -> None:
    lab.clone(1)
    killed(lab, f"catalogue.reserve(Ask(template='web', place={str(lab.place)!r}))")
    finding = lab.only(lab.check())
    assert (finding.subject, finding.fate) == ("web-2", Fate.MENDED)
    assert "undone" in finding.deed
    assert [one.identity.number for one in lab.clone(1)] == [1, 2]


def test_a_machine_that_was_to_get_other_disks_keeps_those_it_had(lab: Lab) -> None:
    (record,) = lab.clone(1)
    old, new = lab.file(1), lab.place / "web-1.vda.r2.qcow2"
    qemu_img("create", "-q", "-f", "qcow2", "-F", "qcow2", "-b", lab.base(), new)
    payload = {"files": [[str(old), str(new)]], "version": 1, "detached": 0}
    killed(lab, f"catalogue.intents.begin(Intent(IntentKind.SWAP, {record.identity.uuid!r}, {payload!r}))")
    looked = lab.only(lab.check(mend=False))
    assert (looked.subject, looked.template) == ("web-1", "web")
    assert "other disks were being put into it" in looked.why
    finding = lab.only(lab.check())
    assert finding.fate is Fate.MENDED
    assert "keeps those it had" in finding.deed
    assert old.exists()
    assert not new.exists()


def test_what_could_not_be_cleared_up_says_why(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    lab.clone(1)
    copy = lab.place / "golden.vda.base.qcow2"
    copy.write_bytes(b"half of it")
    killed(lab, f"catalogue.journal.note([{str(copy)!r}])")

    def refused(_: LocalImages, path: str) -> None:
        raise AccessError("cannot delete the image", subject=path, why="Operation not permitted")

    monkeypatch.setattr(LocalImages, "delete", refused)
    report = lab.check()
    finding = lab.only(report)
    assert (finding.fate, report.exit_code) == (Fate.OPEN, 12)
    assert "Operation not permitted" in finding.remedy
    assert copy.exists()


def test_what_belongs_to_another_template_is_not_told_but_dealt_with_all_the_same(lab: Lab) -> None:
    lab.session.naming.copy("web", "other")
    killed(lab, f"catalogue.reserve(Ask(template='web', place={str(lab.place)!r}))")
    assert lab.check("other", mend=False).findings == ()
    assert lab.only(lab.check("web", mend=False)).subject == "web-1"
    assert lab.check("other").findings == ()
    assert lab.check("web").findings == ()


def test_every_undertaking_has_a_word_for_it() -> None:
    assert set(salvage._UNDER_WAY) == set(IntentKind)
