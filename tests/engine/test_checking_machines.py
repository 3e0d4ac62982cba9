"""A check finds machines and records that have lost one another, and brings them together without losing anything."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from qq2clone_tui.domain.clone import CloneStatus
from qq2clone_tui.domain.errors import TemplateError
from qq2clone_tui.domain.findings import Fate, FindingKind
from qq2clone_tui.domain.states import DomainState

from .check_lab import Lab, qemu_img


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    lab = Lab(tmp_path)
    lab.template()
    yield lab
    lab.close()


@pytest.fixture(params=["one-disk", "two-disks"])
def any_lab(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Lab]:
    lab = Lab(tmp_path, ("qcow2", "raw") if request.param == "two-disks" else ("qcow2",))
    lab.template()
    yield lab
    lab.close()


def test_where_all_is_sound_nothing_is_found_and_nothing_changes(any_lab: Lab) -> None:
    before = any_lab.clone(3)
    revision = any_lab.catalogue.revision()
    report = any_lab.check()
    assert report.findings == ()
    assert (report.exit_code, report.machines, report.templates, report.interrupted) == (0, 3, 1, False)
    assert any_lab.catalogue.revision() == revision
    assert any_lab.catalogue.clones() == before


def test_a_clone_whose_machine_and_files_are_gone_is_forgotten_only_with_consent(lab: Lab) -> None:
    lab.clone(2)
    lab.undefine(1)
    lab.file(1).unlink()
    for mend in (True, False):
        finding = lab.only(lab.check(mend=mend))
        assert (finding.kind, finding.subject, finding.fate) == (FindingKind.LOST_CLONE, "web-1", Fate.NEEDS_CONSENT)
        assert finding.exit_code == 16
        assert len(lab.catalogue.clones()) == 2
    looked = lab.only(lab.check(mend=False, consent=True))
    assert looked.fate is Fate.MENDABLE
    report = lab.check(consent=True)
    assert lab.only(report).fate is Fate.MENDED
    assert report.exit_code == 0
    assert [record.identity.number for record in lab.catalogue.clones()] == [2]
    assert lab.check().findings == ()


def test_a_clone_whose_disks_are_left_is_defined_again_but_only_with_consent(any_lab: Lab) -> None:
    before = any_lab.clone(2)
    any_lab.session.inventory.refresh()
    any_lab.session.jobs.run(any_lab.session.renewal.plan_reset([any_lab.uuid(1)]))
    before = any_lab.catalogue.clones()
    xml = any_lab.hypervisor.inactive_xml(any_lab.uuid(1))
    any_lab.undefine(1)
    report = any_lab.check()
    finding = any_lab.only(report)
    assert (finding.kind, finding.fate, report.exit_code) == (FindingKind.LOST_CLONE, Fate.NEEDS_CONSENT, 16)
    assert "qq2clone -t web rm 1" in finding.remedy
    assert any_lab.only(any_lab.check(consent=True)).fate is Fate.MENDED
    assert any_lab.hypervisor.inactive_xml(any_lab.uuid(1)) == xml
    assert any_lab.catalogue.clones() == before
    assert any_lab.check().findings == ()


@pytest.mark.parametrize("fault", ["a disk is missing", "the name is taken", "the template cannot be used"])
def test_a_clone_that_cannot_be_defined_again_is_left_with_what_it_has(tmp_path: Path, fault: str) -> None:
    lab = Lab(tmp_path, ("qcow2", "qcow2"))
    lab.template()
    lab.clone(1)
    lab.undefine(1)
    if fault == "a disk is missing":
        lab.file(1, "vdb").unlink()
    elif fault == "the name is taken":
        lab.hypervisor.define(lab.xml("web-1"))
    else:
        (tmp_path / "templates" / "web.xml").write_text("<domain/>")
    finding = lab.check(consent=True).findings[0]
    assert (finding.kind, finding.fate) == (FindingKind.LOST_CLONE, Fate.OPEN)
    assert "qq2clone -t web rm 1" in finding.remedy
    assert lab.file(1).exists()
    assert len(lab.catalogue.clones()) == 1
    lab.close()


def test_a_machine_that_another_program_put_in_a_clones_place_is_told(lab: Lab) -> None:
    (record,) = lab.clone(1)
    foreign = lab.xml("other").replace("11111111-2222-4333-8444-555555555555", record.identity.uuid)
    lab.undefine(1)
    lab.hypervisor.define(foreign)
    finding = lab.only(lab.check())
    assert (finding.kind, finding.fate) == (FindingKind.LOST_CLONE, Fate.OPEN)
    assert "put a machine of its own" in finding.why


def test_a_clone_that_a_living_process_makes_or_removes_is_left_alone(lab: Lab) -> None:
    lab.clone(2)
    first, second = lab.catalogue.clones()
    lab.catalogue.mark_removing([first.identity.uuid])
    lab.undefine(1)
    assert lab.check(consent=True).findings == ()
    assert [one.status for one in lab.catalogue.clones()] == [CloneStatus.REMOVING, second.status]


def test_a_lost_catalogue_is_rebuilt_from_the_machines_and_the_kept_xml(any_lab: Lab) -> None:
    before = any_lab.clone(3)
    template = any_lab.catalogue.template("web")
    any_lab.lose_catalogue()
    looked = any_lab.check(mend=False)
    assert [one.fate for one in looked.findings] == [Fate.MENDABLE] * 4
    assert looked.exit_code == 13
    assert any_lab.catalogue.clones() == []
    report = any_lab.check()
    kinds = [one.kind for one in report.findings]
    assert kinds == [FindingKind.LOST_TEMPLATE, *[FindingKind.UNRECORDED_CLONE] * 3]
    assert report.exit_code == 0
    after = any_lab.catalogue.clones()
    assert [one.identity for one in after] == [one.identity for one in before]
    assert [sorted(one.files) for one in after] == [sorted(one.files) for one in before]
    assert any_lab.catalogue.template("web").disks == template.disks
    assert any_lab.check().findings == ()
    assert [one.identity.number for one in any_lab.clone(1)] == [1, 2, 3, 4]


def test_a_rebuilt_clone_has_all_its_files_again_whatever_it_is_made_of(tmp_path: Path) -> None:
    lab = Lab(tmp_path)
    variables = tmp_path / "bases" / "web_VARS.fd"
    variables.write_bytes(b"variables")
    lab.boot = f"<loader readonly='yes' type='pflash'>/usr/share/x.fd</loader><nvram>{variables}</nvram>"
    lab.more = (
        "<serial type='pty'><log file='/var/log/web.log'/></serial>"
        "<channel type='unix'><source mode='bind' path='/run/web.sock'/><target type='virtio' name='a.b'/></channel>"
        "<tpm model='tpm-crb'><backend type='emulator'><source type='file' path='/srv/tpm'/></backend></tpm>"
    )
    lab.template()
    before = lab.clone(2)
    assert len(before[0].files) == 4
    lab.lose_catalogue()
    assert lab.check().exit_code == 0
    assert [(one.identity, sorted(one.files)) for one in lab.catalogue.clones()] == [
        (one.identity, sorted(one.files)) for one in before
    ]
    assert lab.check().findings == ()
    lab.close()


def test_every_version_that_clones_stand_on_or_that_is_sealed_at_the_place_comes_back(any_lab: Lab) -> None:
    any_lab.clone(1)
    any_lab.next_version()
    any_lab.clone(1)
    template = any_lab.next_version()
    any_lab.lose_catalogue()
    assert any_lab.check().exit_code == 0
    after = any_lab.catalogue.template("web")
    assert [(one.number, one.disks) for one in after.history] == [(one.number, one.disks) for one in template.history]
    assert [(one.identity.number, one.identity.version) for one in any_lab.catalogue.clones()] == [(1, 1), (2, 2)]
    assert any_lab.check(digests=True).exit_code == 0


def test_a_version_comes_back_with_its_firmware_and_with_the_age_of_its_images(tmp_path: Path) -> None:
    lab = Lab(tmp_path)
    variables = tmp_path / "bases" / "web_VARS.fd"
    variables.write_bytes(b"variables")
    lab.boot = f"<loader readonly='yes' type='pflash'>/usr/share/x.fd</loader><nvram>{variables}</nvram>"
    lab.template(copy=True)
    lab.clone(1)
    for path in lab.place.iterdir():
        os.utime(path, (1_600_000_000, 1_600_000_000))
    before = lab.catalogue.template("web").firmware
    assert before == {"firmware variables": f"{lab.place}/web.v1_VARS.fd"}
    lab.lose_catalogue()
    assert lab.check().exit_code == 0
    after = lab.catalogue.template("web")
    assert after.firmware == before
    assert after.newest.created_at == lab.catalogue.clones()[0].created_at == 1_600_000_000
    lab.close()


def test_a_version_that_only_recorded_clones_know_of_comes_back(lab: Lab) -> None:
    lab.clone(1)
    lab.next_version()
    lab.clone(1)
    template = lab.next_version()
    with lab.catalogue._database.writing() as connection:
        connection.execute("DELETE FROM version WHERE number = 2")
        connection.execute("DELETE FROM template_disk WHERE version = 2")
        connection.execute("DELETE FROM file WHERE path LIKE '%.v2.%'")
    report = lab.check()
    finding = lab.only(report)
    assert (finding.kind, finding.fate) == (FindingKind.LOST_TEMPLATE, Fate.MENDED)
    assert "v2" in finding.why
    after = lab.catalogue.template("web")
    assert [(one.number, one.disks) for one in after.history] == [(one.number, one.disks) for one in template.history]
    assert after.version == 3
    assert lab.check().findings == ()


def test_a_version_that_the_catalogue_of_an_older_backup_lacks_comes_back(lab: Lab) -> None:
    lab.clone(1)
    lab.catalogue.close()
    backup = (lab.home / "one.sqlite").read_bytes()
    lab.open()
    lab.next_version()
    lab.clone(1)
    lab.lose_catalogue()
    lab.catalogue.close()
    (lab.home / "one.sqlite").write_bytes(backup)
    lab.open()
    report = lab.check()
    assert [(one.kind, one.fate) for one in report.findings] == [
        (FindingKind.LOST_TEMPLATE, Fate.MENDED),
        (FindingKind.UNRECORDED_CLONE, Fate.MENDED),
    ]
    assert [one.number for one in lab.catalogue.template("web").history] == [1, 2]
    assert [one.identity.version for one in lab.catalogue.clones()] == [1, 2]


def test_without_its_xml_a_template_is_made_of_a_clones_but_only_with_consent(any_lab: Lab) -> None:
    before = any_lab.clone(2)
    any_lab.next_version()
    before = any_lab.clone(1)
    template = any_lab.catalogue.template("web")
    any_lab.lose_catalogue(and_xml=True)
    report = any_lab.check()
    assert [one.fate for one in report.findings] == [Fate.NEEDS_CONSENT] * 4
    assert any_lab.catalogue.templates() == []
    assert any_lab.check(consent=True).exit_code == 0
    after = any_lab.catalogue.template("web")
    assert [one.disks for one in after.history] == [one.disks for one in template.history]
    assert [one.identity for one in any_lab.catalogue.clones()] == [one.identity for one in before]
    assert any_lab.check(digests=True).findings == ()
    assert [one.identity.number for one in any_lab.clone(1)] == [1, 2, 3, 4]
    fresh = any_lab.hypervisor.inactive_xml(any_lab.uuid(4))
    assert fresh.count("<q:clone") == 1
    assert 'number="4"' in fresh


def test_a_template_whose_clones_have_firmware_of_their_own_has_to_be_made_again_first(tmp_path: Path) -> None:
    lab = Lab(tmp_path)
    variables = tmp_path / "bases" / "web_VARS.fd"
    variables.write_bytes(b"variables")
    lab.boot = f"<loader readonly='yes' type='pflash'>/usr/share/x.fd</loader><nvram>{variables}</nvram>"
    lab.template()
    before = lab.clone(2)
    lab.lose_catalogue(and_xml=True)
    report = lab.check(consent=True)
    assert [one.fate for one in report.findings] == [Fate.OPEN] * 3
    assert "firmware variables of its own" in report.findings[0].why
    assert all("import-template SOURCE web" in one.remedy for one in report.findings)
    lab.template()
    assert lab.check().exit_code == 0
    assert [one.identity for one in lab.catalogue.clones()] == [one.identity for one in before]
    lab.close()


def test_xml_of_a_template_without_clones_is_imported_only_with_consent(lab: Lab) -> None:
    lab.lose_catalogue()
    finding = lab.only(lab.check())
    assert (finding.kind, finding.fate) == (FindingKind.LOST_TEMPLATE, Fate.NEEDS_CONSENT)
    assert lab.catalogue.templates() == []
    assert lab.only(lab.check(consent=True)).fate is Fate.MENDED
    assert [one.name for one in lab.catalogue.templates()] == ["web"]


def test_a_machine_that_another_tool_copied_from_a_clone_is_not_taken_for_one(lab: Lab) -> None:
    (record,) = lab.clone(1)
    copy = lab.home / "copy.qcow2"
    copy.write_bytes(lab.file(1).read_bytes())
    xml = lab.hypervisor.inactive_xml(record.identity.uuid)
    xml = xml.replace("<name>web-1<", "<name>copy<").replace(str(lab.file(1)), str(copy))
    head, tail = xml.split("<metadata>", 1)
    other = "99999999-2222-4333-8444-555555555555"
    lab.hypervisor.define(head.replace(record.identity.uuid, other) + "<metadata>" + tail)
    assert lab.check(consent=True).findings == ()


def test_what_says_that_it_is_a_clone_but_stands_elsewhere_takes_consent(lab: Lab) -> None:
    lab.clone(1)
    qemu_img("convert", "-O", "qcow2", lab.file(1), lab.home / "full.qcow2")
    lab.lose_catalogue()
    lab.file(1).unlink()
    (lab.home / "full.qcow2").rename(lab.file(1))
    lab.session.import_template("/web.xml", "web")
    finding = lab.only(lab.check())
    assert (finding.kind, finding.fate) == (FindingKind.UNRECORDED_CLONE, Fate.NEEDS_CONSENT)
    assert lab.only(lab.check(consent=True)).fate is Fate.MENDED
    (record,) = lab.catalogue.clones()
    assert record.detached
    assert lab.check().findings == ()


def test_what_has_neither_our_names_nor_our_images_is_never_taken_as_ours(lab: Lab) -> None:
    (record,) = lab.clone(1)
    qemu_img("create", "-q", "-f", "qcow2", lab.home / "precious.qcow2", "8M")
    xml = lab.hypervisor.inactive_xml(record.identity.uuid).replace(str(lab.file(1)), str(lab.home / "precious.qcow2"))
    lab.catalogue.forget([record.identity.uuid])
    lab.hypervisor.define(xml)
    report = lab.check(consent=True)
    assert [(one.kind, one.fate) for one in report.findings] == [
        (FindingKind.UNRECORDED_CLONE, Fate.OPEN),
        (FindingKind.ORPHAN_FILE, Fate.OPEN),
    ]
    assert lab.catalogue.clones() == []


def test_a_machine_with_the_number_of_another_clone_is_told_and_not_recorded(lab: Lab) -> None:
    _, second = before = lab.clone(2)
    xml = lab.hypervisor.inactive_xml(second.identity.uuid)
    lab.catalogue.forget([second.identity.uuid])
    lab.hypervisor.define(xml.replace('number="2"', 'number="1"'))
    report = lab.check(consent=True)
    finding = lab.only(report)
    assert (finding.kind, finding.subject, finding.fate) == (FindingKind.UNRECORDED_CLONE, "web-2", Fate.OPEN)
    assert "mending it failed" in finding.why
    assert lab.catalogue.clones() == before[:1]


@pytest.mark.parametrize("broken", ["missing", "rebased", "flattened", "unreadable"])
def test_a_disk_that_is_not_what_it_ought_to_be_is_told_and_left_as_it_is(lab: Lab, broken: str) -> None:
    lab.clone(2)
    path = lab.file(1)
    if broken == "missing":
        path.unlink()
    elif broken == "rebased":
        other = lab.home / "other.qcow2"
        qemu_img("create", "-q", "-f", "qcow2", other, "8M")
        qemu_img("rebase", "-u", "-F", "qcow2", "-b", other, path)
    elif broken == "flattened":
        qemu_img("rebase", "-b", "", path)
    else:
        path.write_bytes(b"\x7fELF, by mistake")
    before = path.read_bytes() if path.exists() else b""
    report = lab.check(consent=True)
    finding = lab.only(report)
    kinds = {"missing": FindingKind.MISSING_DISK, "unreadable": FindingKind.UNREADABLE}
    assert (finding.kind, finding.subject) == (kinds.get(broken, FindingKind.OTHER_BASE), "web-1")
    assert report.exit_code == {"missing": 10, "unreadable": 10}.get(broken, 18)
    assert (path.read_bytes() if path.exists() else b"") == before


def test_a_disk_that_another_machine_has_as_well_is_told(lab: Lab) -> None:
    lab.clone(1)
    lab.hypervisor.define(lab.xml("thief").replace(str(lab.base()), str(lab.file(1))))
    finding = lab.only(lab.check())
    assert (finding.kind, finding.subject, finding.exit_code) == (FindingKind.SHARED_DISK, "web-1", 12)
    assert "thief" in finding.why


def test_only_the_template_that_was_named_is_looked_at(lab: Lab) -> None:
    lab.clone(1)
    lab.session.naming.copy("web", "other")
    lab.file(1).unlink()
    assert lab.check("other").findings == ()
    assert lab.only(lab.check("web")).kind is FindingKind.MISSING_DISK
    assert lab.only(lab.check("web@v1")).kind is FindingKind.MISSING_DISK
    with pytest.raises(TemplateError, match="no template"):
        lab.check("nothing")
    with pytest.raises(TemplateError, match="no such version"):
        lab.check("web@v2")


def test_a_running_machine_is_as_sound_as_one_that_is_off(lab: Lab) -> None:
    lab.clone(1)
    lab.hypervisor.set_state(lab.uuid(1), DomainState.RUNNING)
    assert lab.check().findings == ()


@pytest.mark.parametrize("fault", ["xml", "name"])
def test_a_template_that_no_clone_could_be_made_of_is_told(lab: Lab, fault: str) -> None:
    lab.clone(1)
    if fault == "xml":
        (lab.home / "templates" / "web.xml").write_text("<domain>")
    else:
        with lab.catalogue._database.writing() as connection:
            connection.execute("UPDATE template SET name = '../etc' WHERE name = 'web'")
        (lab.home / "templates" / "web.xml").unlink()
    report = lab.check()
    assert [one.kind for one in report.findings] == [FindingKind.BAD_TEMPLATE]
    assert report.exit_code == 13
