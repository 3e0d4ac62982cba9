"""A check compares the checkpoints of clones with what their disks hold."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from qq2clone_tui.domain.checkpoint import Checkpoint
from qq2clone_tui.domain.findings import Fate, FindingKind
from qq2clone_tui.domain.intent import Intent, IntentKind
from qq2clone_tui.domain.states import DomainState

from .check_lab import Lab, qemu_img


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    lab = Lab(tmp_path, ("qcow2", "qcow2"))
    lab.template()
    lab.clone(2)
    yield lab
    lab.close()


def keep(lab: Lab, name: str, *targets: str) -> None:
    """Keep clone 1 in a checkpoint that is in some of its disks."""
    files = (str(lab.file(1)), str(lab.file(1, "vdb")))
    lab.hypervisor.checkpoints.kept.setdefault(lab.uuid(1), []).append(Checkpoint(name, files=files))
    for target in targets:
        qemu_img("snapshot", "-c", name, lab.file(1, target))


def tags(lab: Lab, target: str = "vda") -> frozenset[str]:
    return lab.images.kept.tags(str(lab.file(1, target)))


def test_checkpoints_that_are_whole_are_no_fault(lab: Lab) -> None:
    keep(lab, "base", "vda", "vdb")
    assert lab.check().findings == ()


def test_a_state_that_libvirt_does_not_know_is_taken_out_with_consent(lab: Lab) -> None:
    keep(lab, "base", "vda", "vdb")
    qemu_img("snapshot", "-c", "left [b]\n", lab.file(1, "vdb"))
    finding = lab.only(lab.check())
    assert (finding.kind, finding.subject, finding.fate) == (FindingKind.LEFT_STATE, "web-1", Fate.NEEDS_CONSENT)
    assert tags(lab, "vdb") == {"base", "left [b]\n"}
    assert lab.only(lab.check(consent=True)).fate is Fate.MENDED
    assert tags(lab) == tags(lab, "vdb") == {"base"}
    assert lab.check().findings == ()


def test_a_state_in_a_disk_that_is_in_use_is_left_to_the_user(lab: Lab) -> None:
    qemu_img("snapshot", "-c", "left", lab.file(1))
    lab.hypervisor.set_state(lab.uuid(1), DomainState.RUNNING)
    finding = lab.only(lab.check(consent=True))
    assert (finding.fate, finding.exit_code) == (Fate.OPEN, 12)
    assert "Once the machine is off: qemu-img snapshot -d 'left'" in finding.remedy
    assert tags(lab) == {"left"}


def test_a_checkpoint_that_a_disk_does_not_hold_is_told_with_what_deletes_it(lab: Lab) -> None:
    keep(lab, "base", "vda")
    finding = lab.only(lab.check(consent=True))
    assert (finding.kind, finding.fate, finding.exit_code) == (FindingKind.BROKEN_CHECKPOINT, Fate.OPEN, 18)
    assert str(lab.file(1, "vdb")) in finding.why
    assert "qq2clone -t web checkpoint delete 1 'base'" in finding.remedy


def test_what_is_just_being_made_is_no_fault(lab: Lab) -> None:
    qemu_img("snapshot", "-c", "base", lab.file(1))
    lab.catalogue.intents.begin(Intent(IntentKind.CHECKPOINT, lab.uuid(1), {"name": "base", "action": "checkpoint"}))
    assert lab.check(consent=True).findings == ()
    assert tags(lab) == {"base"}


def test_a_state_that_became_a_checkpoint_meanwhile_stays(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    qemu_img("snapshot", "-c", "base", lab.file(1))
    real, asked = lab.hypervisor.checkpoints.of, []

    def of(uuid: str) -> object:
        asked.append(uuid)
        if asked.count(uuid) == 2 and uuid == lab.uuid(1):
            keep(lab, "base")
        return real(uuid)

    monkeypatch.setattr(lab.hypervisor.checkpoints, "of", of)
    finding = lab.check(consent=True).findings[0]
    assert (finding.fate, "libvirt knows of it by now" in finding.why) == (Fate.OPEN, True)
    assert tags(lab) == {"base"}
