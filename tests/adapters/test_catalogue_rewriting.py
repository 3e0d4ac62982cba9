"""Templates change their names and share their images without losing clones, files or texts."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from qq2clone_tui.adapters.catalogue import SqliteCatalogue
from qq2clone_tui.domain.errors import AccessError, BadArgument, BadXml, TemplateError

from .catalogue_samples import Ask, template

SWAP = "/images/debian12-swap.raw"
"""The image that the sample template owns."""


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[SqliteCatalogue]:
    opened = open_again(tmp_path)
    opened.add_template(template())
    yield opened
    opened.close()


def open_again(tmp_path: Path) -> SqliteCatalogue:
    return SqliteCatalogue(tmp_path / "data" / "one.sqlite", tmp_path / "templates")


def test_a_template_with_clones_files_and_text_gets_another_name(catalogue: SqliteCatalogue, tmp_path: Path) -> None:
    records = catalogue.reserve(Ask(count=2))
    (tmp_path / "templates" / "debian12.xml").write_text("<domain><name>edited by hand</name></domain>")
    catalogue.rewrite.template_name("debian12", "lab")
    found = catalogue.template("lab")
    assert "edited by hand" in found.xml
    assert found == replace(template(), name="lab", xml=found.xml)
    assert [path.name for path in (tmp_path / "templates").iterdir()] == ["lab.xml"]
    renamed = catalogue.clones("lab")
    assert [record.identity.name for record in renamed] == ["debian12-1", "debian12-2"]
    assert [record.files for record in renamed] == [record.files for record in records]
    catalogue.rewrite.clone_name(records[0].identity.uuid, "lab-1")
    assert [record.identity.name for record in catalogue.clones("lab")] == ["lab-1", "debian12-2"]
    with pytest.raises(TemplateError):
        catalogue.template("debian12")


def test_a_name_that_is_taken_changes_nothing(catalogue: SqliteCatalogue, tmp_path: Path) -> None:
    catalogue.add_template(template("lab", disks=()))
    with pytest.raises(TemplateError, match="there is a template of that name"):
        catalogue.rewrite.template_name("debian12", "lab")
    with pytest.raises(TemplateError, match="there is one of that name"):
        catalogue.rewrite.template_copy("debian12", "lab", 1.0, ())
    for call in (
        lambda: catalogue.rewrite.template_name("nobody", "other"),
        lambda: catalogue.rewrite.template_copy("nobody", "other", 1.0, ()),
        lambda: catalogue.rewrite.template_xml("nobody", "<domain/>"),
    ):
        with pytest.raises(TemplateError, match="there is no template"):
            call()
    assert catalogue.templates() == [template(), template("lab", disks=())]
    assert sorted(path.name for path in (tmp_path / "templates").iterdir()) == ["debian12.xml", "lab.xml"]


def test_two_clones_never_have_one_name(catalogue: SqliteCatalogue) -> None:
    first, second = catalogue.reserve(Ask(count=2))
    with pytest.raises(BadArgument, match="another clone is recorded"):
        catalogue.rewrite.clone_name(first.identity.uuid, second.identity.name)


def test_a_file_of_the_new_name_that_is_there_is_put_aside(catalogue: SqliteCatalogue, tmp_path: Path) -> None:
    (tmp_path / "templates" / "lab.xml").write_text("something of the user's")
    catalogue.rewrite.template_name("debian12", "lab")
    assert (tmp_path / "templates" / "lab.xml.old-1").read_text() == "something of the user's"


def test_a_directory_that_cannot_be_written_leaves_the_old_name(catalogue: SqliteCatalogue, tmp_path: Path) -> None:
    # A directory in the file's place stops root too.
    (tmp_path / "templates" / "lab.xml").mkdir()
    (tmp_path / "templates" / "lab.xml" / "x").touch()
    with pytest.raises((AccessError, BadXml)):
        catalogue.rewrite.template_name("debian12", "lab")
    assert [each.name for each in catalogue.templates()] == ["debian12"]
    assert catalogue.template("debian12") == template()


@pytest.mark.parametrize("name", ["../up", "a/b", "", ".hidden"])
def test_no_name_leaves_the_directory(catalogue: SqliteCatalogue, tmp_path: Path, name: str) -> None:
    before = sorted(tmp_path.rglob("*"))
    for call in (
        lambda: catalogue.rewrite.template_name("debian12", name),
        lambda: catalogue.rewrite.template_copy("debian12", name, 1.0, ()),
    ):
        with pytest.raises(TemplateError):
            call()
    assert sorted(tmp_path.rglob("*")) == before
    assert [each.name for each in catalogue.templates()] == ["debian12"]


def test_a_copy_owns_nothing_until_the_owner_goes(catalogue: SqliteCatalogue) -> None:
    copy = catalogue.rewrite.template_copy("debian12", "twin", 99.0, ())
    assert copy == catalogue.template("twin")
    assert (copy.created_at, [disk.owned for disk in copy.disks]) == (99.0, [False, False])
    assert catalogue.remove_template("debian12", [SWAP]) == ()
    assert list(catalogue.journal.ours()) == []
    assert [disk.owned for disk in catalogue.template("twin").disks] == [False, True]
    assert catalogue.remove_template("twin", [SWAP]) == (SWAP,)


def test_an_image_is_handed_on_from_heir_to_heir(catalogue: SqliteCatalogue) -> None:
    for name in ("b", "a"):
        catalogue.rewrite.template_copy("debian12", name, 1.0, ())
    catalogue.rewrite.template_name("debian12", "lab")
    for name in ("lab", "a"):
        assert catalogue.remove_template(name, [SWAP]) == ()
    assert catalogue.remove_template("b", [SWAP]) == (SWAP,)


def test_a_copy_of_a_template_that_another_process_deletes_is_whole_or_not_there(
    catalogue: SqliteCatalogue, tmp_path: Path
) -> None:
    other = open_again(tmp_path)
    try:
        assert other.remove_template("debian12", [SWAP]) == (SWAP,)
        with pytest.raises(TemplateError, match="there is no template"):
            catalogue.rewrite.template_copy("debian12", "twin", 1.0, ())
        assert catalogue.templates() == []
    finally:
        other.close()
