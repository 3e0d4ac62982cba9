"""Versions are named, found and moved between as people expect."""

import pytest

from qq2clone_tui.domain.describe_xml import describe
from qq2clone_tui.domain.disk import DiskPolicy
from qq2clone_tui.domain.errors import BadXml, TemplateError
from qq2clone_tui.domain.metadata import read_marker, without_mark
from qq2clone_tui.domain.names import renewed_paths
from qq2clone_tui.domain.reference import Reference, parse_reference, parse_version
from qq2clone_tui.domain.swap_xml import swapped
from qq2clone_tui.domain.template import Template, TemplateDisk, Version
from qq2clone_tui.domain.template_text import as_values, from_values

XML = """<domain type='qemu'><name>deb-1</name><uuid>6f0c1a52-8f0e-4f0b-9b62-0d6b4b2f6c11</uuid>
<metadata><q:clone xmlns:q='https://qq2clone-tui.org/xmlns/clone/1' template='deb' number='1' version='1'
 uuid='6f0c1a52-8f0e-4f0b-9b62-0d6b4b2f6c11'/></metadata><devices>
<disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='/s/deb-1.vda.qcow2'/>
<backingStore type='file'><source file='/v1'/></backingStore><target dev='vda'/></disk>
<disk type='file' device='disk'><source file='/shared1'/><target dev='vdb'/><readonly/></disk>
</devices></domain>"""


def template() -> Template:
    first = Version(1, (TemplateDisk("vda", "/v1", "raw", 1),))
    second = Version(2, (TemplateDisk("vda", "/v2", "qcow2", 1, owned=True),), {"firmware variables": "/v2_VARS.fd"})
    return Template("deb", "<domain/>", second.disks, 2, firmware=second.firmware, versions=(first, second))


@pytest.mark.parametrize(
    ("text", "meant"),
    [("deb", Reference("deb")), ("deb@v3", Reference("deb", 3)), ("deb@3", Reference("deb", 3))],
)
def test_a_version_is_named_after_an_at_sign(text: str, meant: Reference) -> None:
    assert parse_reference(text) == meant
    assert parse_reference(str(meant)) == meant


@pytest.mark.parametrize("text", ["deb@", "deb@v0", "deb@x", "deb@v1@v2", "deb@v-1", "deb@v1.5", "deb@v१"])
def test_what_is_no_version_is_refused(text: str) -> None:
    with pytest.raises(TemplateError, match="which version"):
        parse_reference(text)


def test_a_version_alone_is_read_with_and_without_its_letter() -> None:
    assert parse_version("v12") == parse_version("12") == 12


def test_a_template_can_be_had_at_each_of_its_versions() -> None:
    assert template().at(1).disks[0].image == "/v1"
    assert template().at(1).firmware == {}
    assert template().at(None).version == 2
    with pytest.raises(TemplateError, match="v1, v2"):
        template().at(3)


def test_only_what_was_made_for_a_template_is_its_own() -> None:
    assert template().owned_files == ("/v2", "/v2_VARS.fd")


def test_a_template_survives_being_written_down() -> None:
    disks = (TemplateDisk("vda", "/a", "qcow2", 5, DiskPolicy.SHARE, owned=True, stamp="1:2:3"),)
    before = Template("gold", "<domain/>", disks, source="web-1", created_at=1.5, options={"tpm": "copy"})
    assert from_values(as_values(before)) == before


def test_a_machines_next_file_alternates_between_names() -> None:
    first = next(renewed_paths("/s/web-1.vda.qcow2"))
    assert first == "/s/web-1.vda.r2.qcow2"
    assert next(renewed_paths(first)) == "/s/web-1.vda.qcow2"


def test_a_name_in_the_way_is_passed_over() -> None:
    names = renewed_paths("/s/web-1.vda.r2.qcow2")
    assert [next(names), next(names)] == ["/s/web-1.vda.qcow2", "/s/web-1.vda.r3.qcow2"]


def test_other_disks_change_the_disks_and_the_mark_and_nothing_else() -> None:
    fresh = swapped(XML, {"/s/deb-1.vda.qcow2": "/s/deb-1.vda.r2.qcow2"}, {"vdb": ("/shared2", "raw")}, 2)
    assert [disk.source for disk in describe(fresh).disks] == ["/s/deb-1.vda.r2.qcow2", "/shared2"]
    assert "backingStore" not in fresh
    marker = read_marker(fresh)
    assert marker is not None
    assert (marker.version, marker.number, marker.genuine) == (2, 1, True)
    assert fresh.count("<disk") == 2
    assert "<readonly/>" in fresh


def test_a_machine_whose_disk_somebody_else_has_changed_gets_no_other() -> None:
    with pytest.raises(BadXml, match="none of its disks any more"):
        swapped(XML, {"/s/elsewhere.qcow2": "/s/new.qcow2"}, {}, 2)


def test_a_template_made_of_a_clone_does_not_bear_its_mark() -> None:
    assert read_marker(without_mark(XML)) is None
