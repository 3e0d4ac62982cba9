"""Compare clones of four whole machines with files that a person has read.

Set QQ2CLONE_REGENERATE=1 to write the files anew, then read the difference.
"""

import os
from pathlib import Path

import pytest
from lxml import etree

from qq2clone_tui.domain.describe_xml import describe
from qq2clone_tui.domain.identity_xml import CompiledClone
from qq2clone_tui.domain.metadata import read_marker

from .clone_samples import GOLDEN, PLACE, TEMPLATES, compiler_of, identity, template_of

REGENERATE = bool(os.environ.get("QQ2CLONE_REGENERATE"))
SCHEMA = Path("/usr/share/libvirt/schemas/domain.rng")


def _compiled(key: str) -> CompiledClone:
    template = template_of(key)
    compiler = compiler_of(template)
    return compiler.compile(identity(compiler, template), PLACE)


def _report(key: str) -> str:
    template = template_of(key)
    compiler = compiler_of(template)
    who = identity(compiler, template)
    findings = [f"{each.kind:8}{each.where}: {each.text}" for each in compiler.compile(who, PLACE).report]
    images = [f"{spec.kind.value:8}{spec.path} < {spec.base}" for spec in compiler.files(who, PLACE)]
    runtime = [f"runtime {path}" for path in compiler.runtime_files(who, PLACE)]
    return "\n".join((*findings, *images, *runtime)) + "\n"


def _matches(text: str, path: Path) -> None:
    if REGENERATE:
        path.write_text(text)
    assert text == path.read_text()


@pytest.mark.parametrize("key", TEMPLATES)
class TestAGoldenMachine:
    def test_its_clone_is_the_one_a_person_has_read(self, key: str) -> None:
        _matches(_compiled(key).xml + "\n", GOLDEN / f"{key}.out.xml")

    def test_its_report_and_files_are_the_ones_a_person_has_read(self, key: str) -> None:
        _matches(_report(key), GOLDEN / f"{key}.report.txt")

    def test_neither_the_report_nor_the_representation_shows_its_password(self, key: str) -> None:
        compiled = _compiled(key)
        assert not any(word in _report(key) + repr(compiled) for word in ("secret'", "passwd", "hunter2"))

    def test_the_template_wide_report_has_the_lines_of_each_clones_report(self, key: str) -> None:
        template = template_of(key)
        general = [(each.kind, each.where) for each in compiler_of(template).report]
        assert general == [(each.kind, each.where) for each in _compiled(key).report]

    def test_the_mark_names_the_machine(self, key: str) -> None:
        mark = read_marker(_compiled(key).xml)
        assert mark is not None
        assert (mark.template, mark.number, mark.version) == (TEMPLATES[key].name, 7, TEMPLATES[key].version)
        assert mark.genuine

    def test_the_description_of_the_clone_agrees_with_its_files(self, key: str) -> None:
        template = template_of(key)
        compiler = compiler_of(template)
        made = {spec.path for spec in compiler.files(identity(compiler, template), PLACE)}
        described = describe(_compiled(key).xml)
        assert {disk.source for disk in described.disks if disk.cloned} <= made
        assert all(disk.format == "qcow2" for disk in described.disks if disk.cloned)
        assert all(not path.startswith("/images") for path in made)

    @pytest.mark.skipif(not SCHEMA.exists(), reason="libvirt's schemas are not installed")
    def test_libvirts_own_schema_accepts_template_and_clone(self, key: str) -> None:
        schema = etree.RelaxNG(etree.parse(str(SCHEMA)))
        schema.assertValid(etree.fromstring(template_of(key).xml.encode()))
        schema.assertValid(etree.fromstring(_compiled(key).xml.encode()))
