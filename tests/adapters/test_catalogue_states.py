"""What is noted of the files beside a version's disks is remembered, and goes with the version."""

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from qq2clone_tui.adapters.catalogue import SqliteCatalogue
from qq2clone_tui.adapters.catalogue.migrations import MIGRATIONS
from qq2clone_tui.adapters.memory.catalogue import MemoryCatalogue
from qq2clone_tui.domain.errors import TemplateError
from qq2clone_tui.domain.template import StateFile, TemplateDisk, Version
from qq2clone_tui.engine.ports.catalogue import Catalogue

from .catalogue_samples import Ask, template

OWN = StateFile("firmware variables", "/store/debian12.v1_VARS.fd", True, "1:2:3", "ab")
FOREIGN = StateFile("tpm 1", "/var/tpm", stamp="4:5:6")


@pytest.fixture(params=["sqlite", "memory"])
def catalogue(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Catalogue]:
    made: Catalogue
    made = MemoryCatalogue() if request.param == "memory" else SqliteCatalogue(tmp_path / "c.sqlite", tmp_path / "t")
    made.add_template(template(firmware={OWN.part: OWN.image}, states=(OWN, FOREIGN)))
    yield made
    made.close()


def test_a_template_comes_back_with_what_was_noted(catalogue: Catalogue) -> None:
    found = catalogue.template("debian12")
    assert found.states == found.newest.states == found.newest.beside == (OWN, FOREIGN)
    assert found == template(firmware={OWN.part: OWN.image}, states=(OWN, FOREIGN))


def test_each_version_has_its_own(catalogue: Catalogue) -> None:
    (record,) = catalogue.reserve(Ask(count=1, place="/store"))
    second = StateFile("firmware variables", record.files[1], True, "7:8:9")
    disks = (TemplateDisk("vda", record.files[0], "qcow2", 1, owned=True),)
    catalogue.versions.add(
        "debian12", Version(2, disks, {second.part: second.image}, states=(second,)), record.identity.uuid
    )
    catalogue.versions.replace_states("debian12", 1, (FOREIGN,))
    found = catalogue.template("debian12")
    assert (found.at(1).states, found.at(2).states) == ((FOREIGN,), (second,))
    assert [state.image for state in found.at(1).current.beside] == [FOREIGN.image, OWN.image]
    catalogue.versions.remove("debian12", 1, ())
    assert catalogue.template("debian12").states == (second,)


def test_a_version_that_is_none_cannot_be_noted_of(catalogue: Catalogue) -> None:
    with pytest.raises(TemplateError):
        catalogue.versions.replace_states("debian12", 7, (OWN,))


def test_it_follows_a_renamed_template_and_goes_with_a_removed_one(catalogue: Catalogue) -> None:
    catalogue.rewrite.template_name("debian12", "lab")
    assert catalogue.template("lab").states == (OWN, FOREIGN)
    catalogue.remove_template("lab")
    catalogue.add_template(template("lab"))
    assert catalogue.template("lab").states == ()


def test_a_copied_template_has_what_it_is_given(catalogue: Catalogue) -> None:
    own = StateFile("firmware variables", "/store/twin.v1_VARS.fd", True, "9:9:9")
    copy = catalogue.rewrite.template_copy("debian12", "twin", 2.0, (own, FOREIGN))
    assert (copy.firmware, copy.states) == ({own.part: own.image}, (own, FOREIGN))
    assert catalogue.template("twin") == copy


def test_a_watched_file_is_no_orphan(tmp_path: Path) -> None:
    catalogue = SqliteCatalogue(tmp_path / "c.sqlite", tmp_path / "t")
    catalogue.add_template(template(states=(FOREIGN,)))
    assert FOREIGN.image in catalogue.salvage.recorded_files()
    catalogue.close()


def test_a_catalogue_of_schema_7_keeps_all_it_has_and_can_take_notes(tmp_path: Path) -> None:
    path, firmware = tmp_path / "catalogue.sqlite", {"firmware variables": "/s/deb.v1_VARS.fd"}
    old = sqlite3.connect(path, isolation_level=None)
    for statements in MIGRATIONS[:7]:
        for statement in statements:
            old.execute(statement)
    old.execute("PRAGMA user_version = 7")
    old.execute("INSERT INTO template VALUES ('deb', 2, '<domain/>', 'src', 5.0, '{}')")
    for number in (1, 2):
        disk = ("deb", number, 0, "vda", f"/i{number}", "qcow2", 9, "overlay", 1, f"{number}:2:3", "d1")
        old.execute(f"INSERT INTO template_disk VALUES ({', '.join('?' * len(disk))})", disk)  # noqa: S608
        kept = json.dumps(firmware if number == 1 else {})
        old.execute("INSERT INTO version VALUES ('deb', ?, 6.0, ?, ?)", (number, f"note {number}", kept))
    columns = "uuid, template, version, number, name, status, created_at, ephemeral"
    old.execute(f"INSERT INTO clone ({columns}) VALUES ('u1', 'deb', 1, 7, 'deb-7', 'ready', 6.0, 1)")  # noqa: S608
    old.execute("INSERT INTO mac VALUES ('52:54:00:00:00:01', 'u1', 0)")
    old.execute("INSERT INTO file (path, clone, position) VALUES ('/s/deb-7.vda.qcow2', 'u1', 0)")
    old.execute("INSERT INTO file (path, template, position) VALUES ('/s/deb.v1_VARS.fd', 'deb', 0)")
    old.execute("INSERT INTO tag VALUES ('web', 'u1')")
    old.close()
    catalogue = SqliteCatalogue(path, tmp_path / "templates")
    first, second = catalogue.template("deb").history
    assert (first.note, first.disks[0].stamp, first.disks[0].digest, first.firmware) == (
        *("note 1", "1:2:3", "d1"),
        firmware,
    )
    assert (second.note, second.disks[0].image, second.firmware) == ("note 2", "/i2", {})
    assert first.states == second.states == ()
    assert [(state.image, state.owned, state.stamp) for state in first.beside] == [("/s/deb.v1_VARS.fd", True, "")]
    (record,) = catalogue.clones()
    assert (record.identity.number, record.files, record.ephemeral) == (7, ("/s/deb-7.vda.qcow2",), True)
    assert catalogue.tags.all() == {"web": frozenset({"u1"})}
    catalogue.versions.replace_states("deb", 1, (OWN,))
    catalogue.close()
    again = SqliteCatalogue(path, tmp_path / "templates")
    assert again.template("deb").at(1).states == (OWN,)
    again.close()
    after = sqlite3.connect(path)
    assert after.execute("PRAGMA foreign_key_check").fetchall() == []
    assert after.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
    after.close()
