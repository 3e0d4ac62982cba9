"""A check notices what became of images, closes those that are ours, and counts every byte when it is asked to."""

import os
import shlex
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from qq2clone_tui.adapters.images.inspection import LocalInspection
from qq2clone_tui.domain.findings import CheckWish, Fate, FindingKind
from qq2clone_tui.domain.states import DomainState
from tests.adapters.image_files import digest, in_use, qemu_io

from .check_lab import Lab, qemu_img


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    lab = Lab(tmp_path)
    lab.template()
    yield lab
    lab.close()


@pytest.fixture
def owner(tmp_path: Path) -> Iterator[Lab]:
    """Return a lab whose template has images of its own: a copied first version, and a second."""
    lab = Lab(tmp_path)
    lab.template(copy=True)
    lab.next_version()
    yield lab
    lab.close()


def image(lab: Lab, number: int = 2) -> Path:
    return Path(lab.catalogue.template("web").at(number).disks[0].image)


def rewritten(path: Path) -> None:
    """Write to an image as somebody does who minds no modes."""
    path.chmod(0o600)
    qemu_io(path, "write -P 7 1M 64k")
    path.chmod(0o444)


def test_a_missing_image_is_told_and_where_it_is_by_now(lab: Lab) -> None:
    lab.clone(1)
    lab.base().rename(lab.bases / "moved.qcow2")
    report = lab.check(consent=True)
    finding = lab.only(report)
    assert (finding.kind, finding.subject, report.exit_code) == (FindingKind.MISSING_IMAGE, str(lab.base()), 10)
    assert finding.remedy == f"Move it back to where it was: mv -- {lab.bases}/moved.qcow2 {lab.base()}"
    (lab.bases / "moved.qcow2").rename(lab.place / "moved.qcow2")
    assert f"mv -- {lab.place}/moved.qcow2" in lab.only(lab.check()).remedy
    (lab.place / "moved.qcow2").unlink()
    assert "from a copy" in lab.only(lab.check()).remedy
    assert not lab.base().exists()


def test_what_is_said_to_type_is_one_harmless_command_whatever_files_are_called(lab: Lab) -> None:
    lab.clone(1)
    evil = lab.bases / "x; touch 'pwned' $(id)"
    lab.base().rename(evil)
    remedy = lab.only(lab.check()).remedy
    assert shlex.split(remedy.partition(": ")[2]) == ["mv", "--", str(evil), str(lab.base())]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("touched", "it was written since"),
        ("longer", "it grew from"),
        ("cut", "it was cut from"),
        ("other", "another file"),
    ],
)
def test_an_image_that_is_not_what_it_was_is_told_with_what_became_of_it(lab: Lab, change: str, said: str) -> None:
    lab.clone(2)
    base = lab.base()
    if change == "touched":
        os.utime(base, ns=(1, 1))
    elif change == "other":
        twin = base.with_name("twin")
        twin.write_bytes(base.read_bytes())
        twin.replace(base)
    else:
        os.truncate(base, base.stat().st_size + (4096 if change == "longer" else -4096))
    report = lab.check(consent=True)
    finding = lab.only(report)
    assert (finding.kind, finding.fate, report.exit_code) == (FindingKind.CHANGED_IMAGE, Fate.OPEN, 18)
    assert said in finding.why
    assert "2 machines stand on it" in finding.why
    assert "acknowledge-image" in finding.remedy


def test_an_image_of_ours_that_may_be_written_is_closed_again(owner: Lab) -> None:
    owner.clone(1)
    assert owner.check().findings == ()
    image(owner).chmod(0o644)
    finding = owner.only(owner.check(mend=False))
    assert (finding.kind, finding.fate, finding.exit_code) == (FindingKind.WRITABLE_IMAGE, Fate.MENDABLE, 10)
    assert image(owner).stat().st_mode & 0o777 == 0o644
    report = owner.check()
    assert owner.only(report).fate is Fate.MENDED
    assert report.exit_code == 0
    assert image(owner).stat().st_mode & 0o777 == 0o444
    assert owner.check().findings == ()


@pytest.mark.parametrize("known", [True, False])
def test_an_image_that_somebody_writes_to_is_told_with_who_does_and_not_closed_under_his_hands(
    owner: Lab, known: bool
) -> None:
    image(owner).chmod(0o644)
    if known:
        uuid = owner.hypervisor.define(owner.xml("thief").replace(str(owner.base()), str(image(owner))))
        owner.hypervisor.set_state(uuid, DomainState.RUNNING)
    with in_use(image(owner)):
        findings = owner.check().findings
    kinds = [one.kind for one in findings if one.subject == str(image(owner))]
    assert kinds == [FindingKind.WRITTEN_IMAGE, FindingKind.CHANGED_IMAGE]
    assert ("the machine thief runs on it" in findings[0].why) == known
    assert ("fuser" in findings[0].remedy) != known
    assert findings[0].exit_code == 12
    assert image(owner).stat().st_mode & 0o777 == 0o644


def test_an_image_that_is_only_read_is_in_nobodys_way(owner: Lab) -> None:
    owner.clone(1)
    with in_use(owner.file(1)):
        assert owner.check().findings == ()


def test_the_mode_of_an_image_that_is_not_ours_is_its_owners_business(lab: Lab) -> None:
    lab.base().chmod(0o666)
    assert lab.check().findings == ()
    assert lab.base().stat().st_mode & 0o777 == 0o666


def test_digests_of_our_images_are_recorded_once_and_compared_from_then_on(owner: Lab) -> None:
    assert owner.check().digests == 0
    looked = owner.check(mend=False, digests=True)
    assert (looked.digests, looked.findings) == (2, ())
    assert [disk.digest for disk in owner.catalogue.template("web").disks] == [""]
    assert owner.check(digests=True).digests == 2
    for version in owner.catalogue.template("web").history:
        assert version.disks[0].digest == digest(Path(version.disks[0].image))
    assert owner.check(digests=True).findings == ()


def test_an_image_whose_bytes_changed_behind_its_stamp_is_found_by_its_digest(owner: Lab) -> None:
    owner.check(digests=True)
    path = image(owner)
    before = path.stat()
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.chmod(0o600)
    with path.open("r+b") as stream:
        stream.write(content)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    path.chmod(0o444)
    assert owner.check().findings == ()
    report = owner.check(digests=True, consent=True)
    finding = owner.only(report)
    assert (finding.kind, finding.subject, report.exit_code) == (FindingKind.CHANGED_IMAGE, str(path), 18)
    assert "its bytes are not those it had" in finding.why
    assert owner.catalogue.template("web").disks[0].digest != digest(path)


def test_an_image_that_was_only_brought_back_from_a_copy_is_what_it_was(owner: Lab) -> None:
    owner.check(digests=True)
    path = image(owner)
    copy = path.with_name("copy")
    copy.write_bytes(path.read_bytes())
    copy.chmod(0o444)
    copy.replace(path)
    finding = owner.only(owner.check())
    assert (finding.kind, finding.fate) == (FindingKind.CHANGED_IMAGE, Fate.OPEN)
    assert "check --digest" in finding.remedy
    looked = owner.only(owner.check(mend=False, digests=True))
    assert looked.fate is Fate.MENDABLE
    report = owner.check(digests=True)
    assert owner.only(report).fate is Fate.MENDED
    assert report.exit_code == 0
    assert owner.check().findings == ()
    assert [one.reason for one in owner.session.jobs.run(owner.session.plan_clone("web", 1)).entries] == [""]


def test_no_digest_is_recorded_of_what_an_image_has_become(owner: Lab) -> None:
    rewritten(image(owner))
    finding = owner.only(owner.check(digests=True))
    assert finding.kind is FindingKind.CHANGED_IMAGE
    assert owner.catalogue.template("web").disks[0].digest == ""


def test_each_image_is_read_once_however_many_versions_have_it(owner: Lab) -> None:
    owner.session.naming.copy("web", "other")
    heard: list[tuple[str, int, int]] = []
    report = owner.session.check.run(CheckWish(digests=True), lambda *told: heard.append(told), lambda: False)
    paths = {disk.image for one in owner.catalogue.templates() for at in one.history for disk in at.disks}
    assert report.digests == len(paths)
    total = sum(Path(path).stat().st_size for path in paths)
    assert [told[1:] for told in heard if told[2]][-1] == (total, total)


def test_a_check_that_is_stopped_says_so_and_what_it_found_until_then(
    owner: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop = threading.Event()
    whole = LocalInspection.digest

    def stopped_meanwhile(self: LocalInspection, path: str, *told: object) -> str:
        stop.set()
        return whole(self, path, *told)  # type: ignore[arg-type]

    monkeypatch.setattr(LocalInspection, "digest", stopped_meanwhile)
    image(owner).chmod(0o644)
    report = owner.session.check.run(CheckWish(digests=True), lambda *_: None, stop.is_set)
    assert report.interrupted
    assert [one.kind for one in report.findings] == [FindingKind.WRITABLE_IMAGE]
    assert owner.catalogue.template("web").disks[0].digest == ""


def test_where_the_files_are_another_hosts_only_what_can_be_told_is_told(lab: Lab) -> None:
    lab.images.inspection = None  # type: ignore[assignment]
    lab.clone(1)
    assert lab.check(digests=True).findings == ()
    os.utime(lab.base(), ns=(1, 1))
    assert lab.only(lab.check(digests=True)).kind is FindingKind.CHANGED_IMAGE
    lab.base().unlink()
    assert lab.only(lab.check()).kind is FindingKind.UNREADABLE


ORPHANS = [
    "web-9.vda.qcow2", "web-1.vda.r2.qcow2", "gone-3.vdb.qcow2", "web.v7.vda.qcow2", "web.v7.vda.merged.qcow2",
    "web.vda.base-2.qcow2", "web-12_VARS.fd", "web-2.save",
]  # fmt: skip


@pytest.mark.parametrize("name", ORPHANS)
def test_a_file_that_looks_like_ours_and_that_nobody_knows_is_told_and_stays(lab: Lab, name: str) -> None:
    lab.clone(1)
    path = lab.place / name
    qemu_img("create", "-q", "-f", "qcow2", path, "1M")
    for consent in (False, True):
        report = lab.check(consent=consent)
        finding = lab.only(report)
        assert (finding.kind, finding.subject, finding.fate) == (FindingKind.ORPHAN_FILE, str(path), Fate.OPEN)
        assert report.exit_code == 18
        assert path.exists()
    named = lab.check("web").findings
    assert len(named) == (not name.startswith("gone"))


@pytest.mark.parametrize(
    "name", ["notes.txt", "web.qcow2", "my disk-1.qcow2", "web-01.vda.qcow2", "web-1.iso", "-1.vda.qcow2"]
)
def test_other_files_in_the_place_are_nobodys_business(lab: Lab, name: str) -> None:
    lab.clone(1)
    (lab.place / name).write_bytes(b"mine")
    assert lab.check().findings == ()


def test_a_file_that_any_machine_names_is_no_orphan(lab: Lab) -> None:
    lab.clone(1)
    for name in ("other-1.vda.qcow2", "other-1_VARS.fd"):
        qemu_img("create", "-q", "-f", "qcow2", lab.place / name, "1M")
    xml = lab.xml("stranger").replace(str(lab.base()), f"{lab.place}/other-1.vda.qcow2")
    lab.hypervisor.define(xml.replace("</os>", f"<nvram>{lab.place}/other-1_VARS.fd</nvram></os>"))
    assert lab.check().findings == ()


def test_what_is_below_a_disk_is_no_orphan_and_what_is_below_an_orphan_is_said_to_be(lab: Lab) -> None:
    lab.clone(1)
    below, above = lab.place / "old-1.vda.qcow2", lab.place / "old-2.vda.qcow2"
    qemu_img("create", "-q", "-f", "qcow2", below, "1M")
    qemu_img("create", "-q", "-f", "qcow2", "-F", "qcow2", "-b", below, above)
    findings = lab.check().findings
    assert [one.subject for one in findings] == [str(below), str(above)]
    assert f"{above} stands on it" in findings[0].why
    lab.hypervisor.define(lab.xml("user").replace(str(lab.base()), str(above)))
    assert lab.check().findings == ()


def test_missing_firmware_of_a_version_is_told_and_writable_firmware_is_closed(owner: Lab) -> None:
    path = owner.place / "web.v3_VARS.fd"
    path.write_bytes(b"vars")
    with owner.catalogue._database.writing() as connection:
        connection.execute(
            "UPDATE version SET firmware = json_object('firmware variables', ?) WHERE number = 2", (str(path),)
        )
    assert owner.only(owner.check()).fate is Fate.MENDED
    assert path.stat().st_mode & 0o777 == 0o444
    path.unlink()
    report = owner.check()
    assert [one.kind for one in report.findings] == [FindingKind.MISSING_IMAGE]
    assert report.exit_code == 10
