"""Machines with parts missing, doubled or garbled are cloned or refused, and never crash the compiler."""

from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from qq2clone_tui.domain.describe_xml import describe
from qq2clone_tui.domain.errors import Qq2cloneError
from qq2clone_tui.domain.identity_xml import Compiler
from qq2clone_tui.domain.import_rules import obstacles
from qq2clone_tui.domain.metadata import read_marker

from .clone_samples import PLACE, TEMPLATES, identity, template_of

SEEDS = {key: etree.fromstring(template_of(key).xml.encode()) for key in TEMPLATES}
GARBAGE = st.sampled_from(["", " ", "0", "-1", "unix", "pty", "file", "bind", "/", "../..", "é[red]{}", "x" * 300])


@st.composite
def mangled(draw: st.DrawFn) -> tuple[str, str]:
    """One of the golden machines after a few blows, as its key and text."""
    key = draw(st.sampled_from(sorted(SEEDS)))
    root = etree.fromstring(etree.tostring(SEEDS[key]))
    for _ in range(draw(st.integers(1, 6))):
        elements = [element for element in root.iter() if isinstance(element.tag, str)]
        element = elements[draw(st.integers(0, len(elements) - 1))]
        _strike(draw, element)
    return key, etree.tostring(root, encoding="unicode")


def _strike(draw: st.DrawFn, element: etree._Element) -> None:
    parent = element.getparent()
    blow = draw(st.sampled_from(["drop", "double", "attribute", "loss", "text", "empty"]))
    names = sorted(str(name) for name in element.attrib)
    if blow == "drop" and parent is not None:
        parent.remove(element)
    elif blow == "double" and parent is not None:
        parent.append(etree.fromstring(etree.tostring(element, with_tail=False)))
    elif blow == "attribute" and names:
        element.set(draw(st.sampled_from(names)), draw(GARBAGE))
    elif blow == "loss" and names:
        del element.attrib[draw(st.sampled_from(names))]
    elif blow == "text":
        element.text = draw(GARBAGE)
    elif blow == "empty":
        for child in list(element):
            element.remove(child)


@settings(max_examples=300, deadline=None)
@given(mangled())
def test_a_mangled_machine_is_cloned_or_refused_in_words(sample: tuple[str, str]) -> None:
    key, xml = sample
    template = template_of(key)
    with suppress(Qq2cloneError):
        describe(xml)
    with suppress(Qq2cloneError):
        found = obstacles(xml, state=None, has_snapshots=False, has_managed_save=False)
        assert all(obstacle.where and obstacle.why and obstacle.remedy for obstacle in found)
    with suppress(Qq2cloneError):
        read_marker(xml)
    with suppress(Qq2cloneError):
        compiler = Compiler(xml, template)
        who = identity(compiler, template)
        described = describe(compiler.compile(who, PLACE).xml)
        paths = [spec.path for spec in compiler.files(who, PLACE)] + list(compiler.runtime_files(who, PLACE))
        assert (described.name, described.uuid) == (who.name, who.uuid)
        assert all(path.startswith(f"{PLACE}/") and ".." not in path for path in paths)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200) | st.text("<>/!?[]-&;'\" domainDOCTYPE\n", max_size=200))
def test_no_text_at_all_raises_anything_but_a_refusal(text: str) -> None:
    with suppress(Qq2cloneError):
        describe(text)
    with suppress(Qq2cloneError):
        describe(f"<domain><name>{text}</name>")
