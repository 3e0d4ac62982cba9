"""What may not change in a machine's XML is refused, all at once; what may, is not."""

import pytest

from qq2clone_tui.domain.edit_rules import faults_of_machine, faults_of_template, new_disks
from qq2clone_tui.domain.errors import BadXml
from qq2clone_tui.domain.metadata import NAMESPACE
from qq2clone_tui.domain.text_diff import diff_lines

OWN = "/images/web-1-vda.qcow2"
XML = f"""<domain type="kvm">
  <name>web-1</name>
  <uuid>6f0e0d80-0000-4000-8000-000000000001</uuid>
  <metadata><q:clone xmlns:q="{NAMESPACE}" template="web" number="1"/></metadata>
  <memory unit="KiB">1024</memory>
  <devices>
    <disk type="file" device="disk">
      <driver name="qemu" type="qcow2"/>
      <source file="{OWN}"/>
      <backingStore type="file"><format type="qcow2"/><source file="/images/base.qcow2"/></backingStore>
      <target dev="vda" bus="virtio"/>
    </disk>
    <disk type="file" device="cdrom">
      <source file="/iso/debian.iso"/>
      <target dev="sda" bus="sata"/>
      <readonly/>
    </disk>
    <graphics type="vnc" passwd="secret"/>
  </devices>
</domain>"""
FILES = frozenset({OWN})


def faults(*changes: tuple[str, str]) -> tuple[str, ...]:
    text = XML
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    return faults_of_machine(XML, text, FILES)


@pytest.mark.parametrize(
    "change",
    [
        ("1024", "4096"),
        ("/iso/debian.iso", "/iso/rescue.iso"),
        ('bus="virtio"', 'bus="sata"'),
        ("<name>web-1</name>", "<name>\n web-1 </name>"),
        ('template="web" number="1"', 'number="1"   template="web"'),
        ("<devices>", "<!-- mine --><devices>"),
        ('<graphics type="vnc" passwd="secret"/>', ""),
    ],
)
def test_what_is_the_users_to_change(change: tuple[str, str]) -> None:
    assert faults(change) == ()


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (("<name>web-1</name>", "<name>mine</name>"), "<name> was changed"),
        (("0001</uuid>", "0002</uuid>"), "<uuid> was changed"),
        (('number="1"', 'number="2"'), "the mark of this program"),
        (("metadata", "description"), "the mark of this program"),
        ((OWN, "/images/base.qcow2"), "disk vda has another source"),
        (('name="qemu" type="qcow2"', 'name="qemu" type="raw"'), "disk vda has another source"),
        (("/images/base.qcow2", "/images/other.qcow2"), "disk vda has another source, format or backing"),
        (('dev="vda"', 'dev="vdb"'), "disk vda is gone"),
        (('<disk type="file" device="disk">', '<disk type="block" device="disk">'), "disk vda has another source"),
    ],
)
def test_what_is_not(change: tuple[str, str], word: str) -> None:
    (fault,) = faults(change)
    assert word in fault


def test_all_the_reasons_come_at_once() -> None:
    found = faults(
        ("web-1</name>", "x</name>"), ("0001</uuid>", "0002</uuid>"), ('number="1"', ""), (OWN, "/etc/passwd")
    )
    assert len(found) == 4


@pytest.mark.parametrize(
    "text", ["", "no XML", "<domain>", "<network/>", '<!DOCTYPE x [<!ENTITY a "b">]><domain>&a;</domain>', "\udcff"]
)
def test_what_is_no_domain_xml_is_refused_for_that(text: str) -> None:
    with pytest.raises(BadXml):
        faults_of_machine(XML, text, FILES)
    with pytest.raises(BadXml):
        faults_of_template(XML, text)


def test_a_malformed_text_is_refused_with_the_place() -> None:
    with pytest.raises(BadXml, match="line 5"):
        faults_of_machine(XML, XML.replace("</memory>", "</memery>"), FILES)


def test_a_templates_disks_stay() -> None:
    assert faults_of_template(XML, XML.replace("1024", "4096")) == ()
    (other,) = faults_of_template(XML, XML.replace(OWN, "/images/other.qcow2"))
    assert "disk vda is another" in other
    gone, new = faults_of_template(XML, XML.replace('dev="vda"', 'dev="vdz"'))
    assert "disk vda is gone" in gone
    assert "disk vdz is new" in new


def test_disks_that_an_edit_adds_are_known_unless_they_are_only_read() -> None:
    disk = '<disk type="file"><source file="/images/base.qcow2"/><target dev="vdb"/>{}</disk></devices>'
    assert new_disks(XML, XML) == ()
    assert new_disks(XML, XML.replace("</devices>", disk.format(""))) == ("/images/base.qcow2",)
    assert new_disks(XML, XML.replace("</devices>", disk.format("<readonly/>"))) == ()


def test_a_disk_that_an_edit_makes_writable_is_like_one_that_it_adds() -> None:
    assert new_disks(XML, XML.replace("<readonly/>", "")) == ("/iso/debian.iso",)
    assert new_disks(XML.replace("<readonly/>", ""), XML) == ()


def test_a_difference_is_shown_without_passwords() -> None:
    assert diff_lines(XML, XML) == ()
    shown = diff_lines(XML, XML.replace("1024", "4096").replace("<graphics", "<graphics autoport='no'"))
    assert any(line.startswith("+") and "4096" in line for line in shown)
    assert not any("secret" in line for line in shown)
    assert diff_lines(XML, XML.replace("secret", "other")) == ("@@ a password was changed @@",)
    assert len(diff_lines("", "line\n" * 500)) == 41
