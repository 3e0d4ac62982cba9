"""A template's XML file is the user's to edit, and a mistake in it loses nothing."""

import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from qq2clone_tui.adapters.catalogue import SqliteCatalogue
from qq2clone_tui.domain.errors import AccessError, BadXml, TemplateError

from .catalogue_samples import template

EDITED = "<domain type='qemu'><name>debian12</name><title>édité</title></domain>"


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[SqliteCatalogue]:
    opened = SqliteCatalogue(tmp_path / "one.sqlite", tmp_path / "templates")
    opened.add_template(template())
    yield opened
    opened.close()


@pytest.fixture
def xml_file(tmp_path: Path, catalogue: SqliteCatalogue) -> Path:
    return tmp_path / "templates" / "debian12.xml"


def test_the_file_holds_the_template_and_is_private(xml_file: Path) -> None:
    assert xml_file.read_text(encoding="utf-8") == template().xml
    assert stat.S_IMODE(xml_file.stat().st_mode) == 0o600


def test_an_edited_file_changes_the_template_for_good(catalogue: SqliteCatalogue, xml_file: Path) -> None:
    xml_file.write_text(EDITED, encoding="utf-8")
    assert [one.xml for one in catalogue.templates()] == [EDITED]
    assert catalogue.template("debian12").xml == EDITED
    xml_file.unlink()
    assert catalogue.template("debian12").xml == EDITED
    assert xml_file.read_text(encoding="utf-8") == EDITED


def test_a_missing_file_or_directory_is_written_again(catalogue: SqliteCatalogue, xml_file: Path) -> None:
    xml_file.unlink()
    xml_file.parent.rmdir()
    assert catalogue.templates() == [template()]
    assert catalogue.template("debian12") == template()
    assert xml_file.read_text(encoding="utf-8") == template().xml
    assert stat.S_IMODE(xml_file.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<domain><name>half",
        b"<network/>",
        b"\xff\xfe\x00",
        b"<domain>" + b"\xe9" + b"</domain>",
        b'<!DOCTYPE domain [<!ENTITY a "aaaa">]><domain>&a;</domain>',
        b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><domain><name>&x;</name></domain>',
        b"<domain>" + b" " * (5 << 20) + b"</domain>",
    ],
    ids=["empty", "half", "no-domain", "no-text", "latin-1", "entity", "external-entity", "too-large"],
)
def test_a_spoilt_file_is_named_and_the_last_good_xml_stays(
    catalogue: SqliteCatalogue, xml_file: Path, content: bytes
) -> None:
    xml_file.write_bytes(content)
    with pytest.raises(BadXml) as caught:
        catalogue.template("debian12")
    assert caught.value.subject == str(xml_file)
    assert "Mend the file" in caught.value.remedy
    assert catalogue.templates() == [template()]
    assert xml_file.read_bytes() == content
    xml_file.unlink()
    assert catalogue.template("debian12") == template()


def test_a_fault_in_the_file_is_given_with_its_line(catalogue: SqliteCatalogue, xml_file: Path) -> None:
    xml_file.write_text("<domain>\n  <name>a</nam>\n</domain>")
    with pytest.raises(BadXml, match="line 2"):
        catalogue.template("debian12")


def test_a_file_that_cannot_be_read_is_named_and_hides_no_template(catalogue: SqliteCatalogue, xml_file: Path) -> None:
    xml_file.unlink()
    xml_file.mkdir()
    with pytest.raises(AccessError, match="cannot read the template's XML") as caught:
        catalogue.template("debian12")
    assert caught.value.subject == str(xml_file)
    assert catalogue.templates() == [template()]


def test_a_template_whose_file_cannot_be_written_is_not_recorded(tmp_path: Path) -> None:
    (tmp_path / "templates").write_text("a file in the way")
    catalogue = SqliteCatalogue(tmp_path / "one.sqlite", tmp_path / "templates")
    with pytest.raises(AccessError, match="it is not a directory"):
        catalogue.add_template(template())
    assert catalogue.templates() == []
    catalogue.close()


def test_a_file_in_the_way_of_a_new_template_is_kept_aside(catalogue: SqliteCatalogue, tmp_path: Path) -> None:
    directory = tmp_path / "templates"
    (directory / "alpine.xml").write_text("precious")
    (directory / "alpine.xml.old-1").write_text("more precious")
    catalogue.add_template(template("alpine", disks=()))
    assert (directory / "alpine.xml.old-2").read_text() == "precious"
    assert (directory / "alpine.xml.old-1").read_text() == "more precious"
    assert catalogue.template("alpine") == template("alpine", disks=())


def test_a_deleted_template_leaves_no_file(catalogue: SqliteCatalogue, xml_file: Path) -> None:
    catalogue.remove_template("debian12")
    assert list(xml_file.parent.iterdir()) == []


def test_no_leftovers_stay_beside_the_files(catalogue: SqliteCatalogue, xml_file: Path) -> None:
    for number in range(5):
        catalogue.add_template(template(f"t{number}", disks=()))
    assert sorted(path.name for path in xml_file.parent.iterdir()) == ["debian12.xml", *(f"t{n}.xml" for n in range(5))]


def test_a_name_that_another_program_wrote_into_the_catalogue_hides_no_template(
    catalogue: SqliteCatalogue, tmp_path: Path
) -> None:
    catalogue.add_template(replace(template(), name="zebra", disks=()))
    with closing(sqlite3.connect(tmp_path / "one.sqlite")) as foreign, foreign:
        foreign.execute("PRAGMA foreign_keys = ON")
        foreign.execute("UPDATE template SET name = '../../etc/passwd' WHERE name = 'zebra'")
    assert [one.name for one in catalogue.templates()] == ["../../etc/passwd", "debian12"]
    with pytest.raises(TemplateError, match="cannot use the template name"):
        catalogue.template("../../etc/passwd")
