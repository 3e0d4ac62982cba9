"""What is read of one version: its images with their chains, what they take, and who else uses them."""

import pytest

from qq2clone_tui.domain.disk import ImageFacts
from qq2clone_tui.domain.errors import TemplateError
from tests.snapshots.versions_fleet import VersionedFleet

XML = """<domain type='qemu'><name>theirs</name><uuid>7e7e7e7e-0000-4000-8000-000000000001</uuid>
<memory>1</memory><os><type arch='x86_64' machine='pc'>hvm</type></os><devices>
<disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='{path}'/><target dev='vda'/></disk>
</devices></domain>"""
V2 = "/var/lib/libvirt/images/qq2clone/debian12.v2.vda.qcow2"


def test_a_version_is_read_with_its_chain_and_what_it_takes() -> None:
    fleet = VersionedFleet().stage()
    found = fleet.session().version_details.read("debian12@v2")
    assert (found.template, found.version.number, found.version.note) == ("debian12", 2, "openssl 3.0.11")
    assert [image.path for image in found.chains["vda"]] == [V2, "/srv/templates/debian12.qcow2"]
    assert found.own_bytes == fleet.images.facts[V2].actual_size
    assert found.below_bytes == fleet.images.facts["/srv/templates/debian12.qcow2"].actual_size
    assert (found.users, found.problem) == ((), "")


def test_the_newest_version_is_read_where_none_is_named() -> None:
    assert VersionedFleet().stage().session().version_details.read("debian12").version.number == 3


def test_machines_of_others_that_stand_on_it_are_named_and_clones_are_not() -> None:
    fleet = VersionedFleet().stage()
    fleet.images.facts["/srv/theirs.qcow2"] = ImageFacts("/srv/theirs.qcow2", "qcow2", 10 << 30, 1 << 20, V2)
    fleet.hypervisor.define(XML.format(path="/srv/theirs.qcow2"))
    assert fleet.session().version_details.read("debian12@v2").users == ("the machine theirs",)


def test_a_template_of_the_same_images_is_named() -> None:
    fleet = VersionedFleet().stage()
    session = fleet.session()
    session.naming.copy("debian12", "second")
    assert session.version_details.read("debian12@v3").users == ("the template second@v1",)


def test_an_image_that_is_gone_is_told_and_stops_nothing() -> None:
    fleet = VersionedFleet().stage()
    del fleet.images.facts[V2]
    found = fleet.session().version_details.read("debian12@v2")
    assert V2 in found.problem
    assert found.version.note == "openssl 3.0.11"


def test_a_version_there_is_not_is_refused() -> None:
    with pytest.raises(TemplateError):
        VersionedFleet().stage().session().version_details.read("debian12@v9")
