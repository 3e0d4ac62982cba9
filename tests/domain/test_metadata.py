"""The mark in a machine's metadata tells a clone from a copy that another tool made of it."""

import pytest

from qq2clone_tui.domain.metadata import NAMESPACE, Marker, read_marker

from .clone_samples import PLACE, compiler_of, domain, identity, template_of

UUID = "c7a5fdbd-edaf-9455-926a-d65c16db1809"


def _marked(attributes: str) -> str:
    return domain(head=f"<metadata><k:clone xmlns:k='{NAMESPACE}' {attributes}/></metadata>")


def test_a_clone_says_where_it_comes_from() -> None:
    template = template_of("bios")
    compiler = compiler_of(template)
    who = identity(compiler, template)
    mark = read_marker(compiler.compile(who, PLACE).xml)
    assert mark == Marker("debian12", 7, 4, who.uuid, who.uuid)
    assert mark.genuine


def test_a_copy_with_a_new_uuid_is_not_the_machine_that_was_marked() -> None:
    mark = read_marker(_marked("template='t' number='3' version='2' uuid='11111111-2222-3333-4444-555555555555'"))
    assert mark is not None
    assert not mark.genuine
    assert mark.domain_uuid == UUID


def test_the_case_of_a_uuid_does_not_matter() -> None:
    mark = read_marker(_marked(f"template='t' number='3' version='2' uuid='{UUID.upper()}'"))
    assert mark is not None
    assert mark.genuine


@pytest.mark.parametrize(
    "attributes",
    [
        "",
        f"template='t' number='3' uuid='{UUID}'",
        f"template='t' number='x' version='1' uuid='{UUID}'",
        f"template='' number='1' version='1' uuid='{UUID}'",
        f"template='t' number='{'9' * 5000}' version='1' uuid='{UUID}'",
    ],
)
def test_a_damaged_mark_is_no_mark(attributes: str) -> None:
    assert read_marker(_marked(attributes)) is None


def test_a_machine_without_a_mark_has_none() -> None:
    assert read_marker(domain()) is None


def test_a_template_that_was_itself_a_clone_passes_no_mark_on() -> None:
    template = template_of("bios")
    compiler = compiler_of(template)
    first = compiler.compile(identity(compiler, template, 1), PLACE).xml
    again = compiler_of(type(template)("other", first, template.disks))
    xml = again.compile(identity(again, type(template)("other", "", ()), 9), PLACE).xml
    assert xml.count(NAMESPACE) == 1
    mark = read_marker(xml)
    assert mark is not None
    assert (mark.template, mark.number) == ("other", 9)
