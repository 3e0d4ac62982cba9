"""What a user may rely on when a machine becomes a template."""

from dataclasses import replace

import pytest

from qq2clone_tui.adapters.memory.sample import SampleFleet
from qq2clone_tui.domain.disk import DiskPolicy, ImageFacts
from qq2clone_tui.domain.errors import (
    AccessError,
    BadArgument,
    BadXml,
    DomainNotFound,
    TemplateError,
    WrongFileKind,
)
from qq2clone_tui.domain.states import DomainState
from qq2clone_tui.engine.session import Session
from qq2clone_tui.engine.templates.choices import Choices

IMAGE = "/srv/images/golden.qcow2"
UUID = "11111111-2222-4333-8444-555555555555"
XML = f"""<domain type='qemu'>
  <name>golden</name><uuid>{UUID}</uuid><memory unit='MiB'>64</memory><vcpu>1</vcpu>
  <os><type arch='x86_64' machine='pc'>hvm</type></os>
  <devices>
    <disk type='file' device='disk'>
      <driver name='qemu' type='qcow2'/><source file='{IMAGE}'/><target dev='vda' bus='virtio'/>
    </disk>
    <disk type='file' device='cdrom'><source file='/srv/iso/tools.iso'/><target dev='sda' bus='sata'/><readonly/></disk>
    <interface type='network'><mac address='52:54:00:11:22:33'/><source network='default'/></interface>
  </devices>
</domain>"""


@pytest.fixture
def golden(fleet: SampleFleet) -> str:
    """Return the name of a machine that is off and can be imported."""
    fleet.images.facts[IMAGE] = ImageFacts(IMAGE, "qcow2", 1 << 30, 1 << 20)
    fleet.hypervisor.define(XML)
    return "golden"


def test_a_machine_imported_by_reference_keeps_its_images_and_says_they_must_stay(
    session: Session, golden: str
) -> None:
    report = session.import_template(golden)
    (disk,) = report.template.disks
    assert (disk.image, disk.format, disk.owned) == (IMAGE, "qcow2", False)
    said = " / ".join(finding.text for finding in report.findings)
    assert IMAGE in said
    assert "/srv/iso/tools.iso" in said
    assert "golden" in [template.name for template in session.templates()]


def test_a_dry_run_checks_everything_and_records_nothing(session: Session, golden: str) -> None:
    session.import_template(golden, dry_run=True)
    assert "golden" not in [template.name for template in session.templates()]


def test_a_copy_belongs_to_the_template_and_goes_with_it(session: Session, golden: str, fleet: SampleFleet) -> None:
    report = session.import_template(golden, "mine", copy=True)
    (disk,) = report.template.disks
    assert disk.owned
    assert disk.image in fleet.images.facts
    session.delete_template("mine")
    assert disk.image not in fleet.images.facts
    assert IMAGE in fleet.images.facts


def test_a_referenced_image_survives_the_template(session: Session, golden: str, fleet: SampleFleet) -> None:
    session.import_template(golden)
    assert session.delete_template("golden").keeps == (IMAGE,)
    assert IMAGE in fleet.images.facts


def test_a_template_with_clones_is_not_deleted(session: Session, golden: str) -> None:
    session.import_template(golden)
    session.jobs.run(session.plan_clone("golden", 2))
    with pytest.raises(TemplateError, match="it has 2 clones"):
        session.delete_template("golden")


def test_a_name_that_is_taken_is_refused_before_anything_is_copied(
    session: Session, golden: str, fleet: SampleFleet
) -> None:
    before = set(fleet.images.facts)
    with pytest.raises(TemplateError, match="of that name"):
        session.import_template(golden, "web", copy=True)
    assert set(fleet.images.facts) == before


def test_a_running_machine_is_refused_as_an_impossible_action(
    session: Session, golden: str, fleet: SampleFleet
) -> None:
    fleet.hypervisor.set_state(UUID, DomainState.RUNNING)
    with pytest.raises(BadArgument, match="Shut it off first"):
        session.import_template(golden)


def test_a_file_of_xml_whose_image_a_running_machine_writes_is_refused(golden: str, fleet: SampleFleet) -> None:
    other = XML.replace(UUID, "aaaaaaaa-2222-4333-8444-555555555555").replace("golden<", "other<")
    session = Session(fleet.hypervisor, fleet.images, fleet.catalogue, lambda _: other)
    fleet.hypervisor.set_state(UUID, DomainState.RUNNING)
    with pytest.raises(BadArgument, match="golden is running and writes to it"):
        session.import_template("/tmp/other.xml")


@pytest.mark.parametrize("copy", [False, True])
@pytest.mark.parametrize("written", [IMAGE, "/srv/images/below.qcow2"])
def test_an_image_that_a_qemu_outside_this_hypervisor_writes_is_refused(
    session: Session, golden: str, fleet: SampleFleet, written: str, copy: bool
) -> None:
    below = "/srv/images/below.qcow2"
    fleet.images.facts[below] = ImageFacts(below, "qcow2", 1 << 30)
    fleet.images.facts[IMAGE] = replace(fleet.images.facts[IMAGE], backing=below)
    fleet.images.writers.add(written)
    with pytest.raises(BadArgument, match="open for writing") as refused:
        session.import_template(golden, copy=copy)
    assert (refused.value.subject, written in refused.value.paragraph()) == (IMAGE, True)
    assert session.templates() == [fleet.catalogue.template("web")]


def test_all_reasons_against_a_template_are_given_at_once(fleet: SampleFleet) -> None:
    hopeless = XML.replace("type='qemu'>", "type='xen'>", 1).replace(
        "</devices>",
        "<hostdev mode='subsystem' type='pci'/><disk type='network'><source protocol='rbd' name='p/i'/>"
        "<target dev='vdb'/></disk></devices>",
    )
    session = Session(fleet.hypervisor, fleet.images, fleet.catalogue, lambda _: hopeless)
    with pytest.raises(BadXml) as caught:
        session.import_template("/tmp/hopeless.xml")
    assert all(word in caught.value.why for word in ("xen", "rbd", "hostdev"))


def test_a_raw_disk_with_a_foreign_header_is_not_believed(session: Session, golden: str, fleet: SampleFleet) -> None:
    fleet.hypervisor.define(XML.replace("type='qcow2'", "type='raw'"))
    with pytest.raises(WrongFileKind, match="looks like qcow2"):
        session.import_template(golden)


@pytest.mark.parametrize(
    ("facts", "error"),
    [(None, AccessError), (ImageFacts(IMAGE, "qcow2", 1 << 30, encrypted=True), WrongFileKind)],
)
def test_a_base_image_that_cannot_serve_is_refused(
    session: Session, golden: str, fleet: SampleFleet, facts: ImageFacts | None, error: type[Exception]
) -> None:
    del fleet.images.facts[IMAGE]
    if facts is not None:
        fleet.images.facts[IMAGE] = facts
    with pytest.raises(error):
        session.import_template(golden)


def test_an_unknown_domain_is_named(session: Session) -> None:
    with pytest.raises(DomainNotFound, match="'nobody'"):
        session.import_template("nobody")


@pytest.mark.parametrize("name", ["../up", "a/b", "[red]", "new\nline", "$(id)", "-x"])
def test_hostile_template_names_are_refused(session: Session, golden: str, name: str) -> None:
    with pytest.raises((BadArgument, TemplateError)):
        session.import_template(golden, name)


def test_each_disk_policy_gives_clones_what_it_says(session: Session, golden: str, fleet: SampleFleet) -> None:
    for name, policy in (("blank", DiskPolicy.BLANK), ("shared", DiskPolicy.SHARE), ("full", DiskPolicy.COPY)):
        session.import_template(golden, name, choices=Choices(policies={"vda": policy}))
        session.jobs.run(session.plan_clone(name, 1))
    made = {path: facts for path, facts in fleet.images.facts.items() if path.startswith(session.storage)}
    assert sorted(made) == [f"{session.storage}/blank-1.vda.qcow2", f"{session.storage}/full-1.vda.qcow2"]
    assert all(facts.backing is None for facts in made.values())


@pytest.mark.parametrize(
    "choices",
    [
        Choices(policies={"vdz": DiskPolicy.BLANK}),
        Choices(options={"tpm": "sometimes"}),
        Choices(options={"colour": "red"}),
    ],
)
def test_choices_about_what_is_not_there_are_refused(session: Session, golden: str, choices: Choices) -> None:
    with pytest.raises(BadArgument):
        session.import_template(golden, choices=choices)


@pytest.mark.parametrize("copy", [False, True])
def test_no_clones_are_made_over_a_base_image_that_was_written_after_the_import(
    session: Session, golden: str, fleet: SampleFleet, copy: bool
) -> None:
    fleet.images.facts[IMAGE] = replace(fleet.images.facts[IMAGE], stamp="1:2:3")
    image = session.import_template(golden, copy=copy).template.disks[0].image
    assert session.plan_clone(golden, 1, dry_run=True).warnings == ()
    fleet.images.facts[image] = replace(fleet.images.facts[image], stamp="1:2:4")
    with pytest.raises(AccessError, match=f"{image} was written to"):
        session.plan_clone(golden, 1, dry_run=True)


def test_a_base_image_that_shrank_stops_cloning_before_anything_is_made(
    session: Session, golden: str, fleet: SampleFleet
) -> None:
    session.import_template(golden)
    fleet.images.facts[IMAGE] = replace(fleet.images.facts[IMAGE], virtual_size=1 << 20)
    with pytest.raises(AccessError, match="smaller"):
        session.plan_clone("golden", 1)
    assert fleet.catalogue.clones("golden") == []


def test_a_machine_that_was_never_started_gives_clones_fresh_firmware_variables(
    session: Session, golden: str, fleet: SampleFleet
) -> None:
    firmware = "<os firmware='efi'><type arch='x86_64' machine='q35'>hvm</type><nvram>/srv/golden_VARS.fd</nvram></os>"
    plain = "<os><type arch='x86_64' machine='pc'>hvm</type></os>"
    fleet.hypervisor.define(XML.replace(plain, firmware))
    session.import_template(golden, "never")
    assert session.jobs.run(session.plan_clone("never", 1)).exit_code == 0
    fleet.images.facts["/srv/golden_VARS.fd"] = ImageFacts("/srv/golden_VARS.fd", "raw", 1 << 17, 1 << 17)
    session.import_template(golden, "started")
    session.jobs.run(session.plan_clone("started", 1))
    assert f"{session.storage}/started-1_VARS.fd" in fleet.images.facts


def test_a_disk_named_by_pool_and_volume_becomes_the_file_behind_it(session: Session, fleet: SampleFleet) -> None:
    by_volume = XML.replace("<disk type='file' device='disk'>", "<disk type='volume' device='disk'>").replace(
        f"<source file='{IMAGE}'/>", "<source pool='default' volume='golden'/>"
    )
    fleet.images.facts[IMAGE] = ImageFacts(IMAGE, "qcow2", 1 << 30)
    fleet.hypervisor.define(by_volume)
    with pytest.raises(BadXml, match="cannot be found"):
        session.import_template("golden")
    fleet.hypervisor.volumes["default/golden"] = IMAGE
    assert session.import_template("golden").template.disks[0].image == IMAGE
    session.jobs.run(session.plan_clone("golden", 1))
    (clone,) = fleet.catalogue.clones("golden")
    assert "type='file'" in fleet.hypervisor.inactive_xml(clone.identity.uuid).replace('"', "'")
