"""Versions, the files of renewed clones and half-done work are remembered, and an older catalogue keeps all it has."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from qq2clone_tui.adapters.catalogue import SqliteCatalogue
from qq2clone_tui.adapters.catalogue.migrations import MIGRATIONS
from qq2clone_tui.adapters.catalogue.owners import Owner, this_process
from qq2clone_tui.adapters.memory.catalogue import MemoryCatalogue
from qq2clone_tui.domain.errors import BadArgument, TemplateError
from qq2clone_tui.domain.intent import Intent, IntentKind, template_subject
from qq2clone_tui.domain.template import TemplateDisk, Version
from qq2clone_tui.engine.ports.catalogue import Catalogue

from .catalogue_samples import Ask, template

SECOND = Version(2, (TemplateDisk("vda", "/store/debian12.v2.vda.qcow2", "qcow2", 64 << 20, owned=True),), {}, 9.0, "x")


@pytest.fixture(params=["sqlite", "memory"])
def catalogue(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Catalogue]:
    made: Catalogue
    made = MemoryCatalogue() if request.param == "memory" else SqliteCatalogue(tmp_path / "c.sqlite", tmp_path / "t")
    made.add_template(template())
    yield made
    made.close()


def test_a_new_version_takes_the_files_of_its_machine_which_is_forgotten(catalogue: Catalogue) -> None:
    (record,) = catalogue.reserve(Ask(count=1, place="/store"))
    version = Version(2, (TemplateDisk("vda", record.files[0], "qcow2", 64 << 20, owned=True),), {}, 9.0, "second")
    catalogue.intents.begin(Intent(IntentKind.COMMIT, template_subject("debian12")))
    catalogue.versions.add("debian12", version, record.identity.uuid)
    found = catalogue.template("debian12")
    assert [each.number for each in found.history] == [1, 2]
    assert (found.version, found.newest) == (2, version)
    assert record.files[0] in found.owned_files
    assert catalogue.clones() == []
    assert catalogue.intents.of(template_subject("debian12")) is None


def test_two_processes_cannot_make_the_same_version(catalogue: Catalogue) -> None:
    catalogue.versions.add("debian12", SECOND, "nobody")
    with pytest.raises(TemplateError, match="v2 by now"):
        catalogue.versions.add("debian12", SECOND, "nobody")


def test_a_version_with_clones_or_the_newest_cannot_be_forgotten(catalogue: Catalogue) -> None:
    (record,) = catalogue.reserve(Ask(count=1, place="/store"))
    catalogue.versions.add("debian12", SECOND, "nobody")
    for number in (1, 2):
        with pytest.raises(TemplateError, match="cannot remove the version"):
            catalogue.versions.remove("debian12", number, [])
    catalogue.forget([record.identity.uuid])
    catalogue.versions.remove("debian12", 1, [])
    assert [each.number for each in catalogue.template("debian12").history] == [2]


def test_notes_and_facts_of_images_can_be_changed(catalogue: Catalogue) -> None:
    catalogue.versions.annotate("debian12", 1, "with the kernel of May")
    disks = tuple(catalogue.template("debian12").disks[:1])
    catalogue.versions.replace_disks("debian12", 1, disks)
    found = catalogue.template("debian12").newest
    assert (found.note, found.disks) == ("with the kernel of May", disks)


def test_a_clone_that_got_other_disks_owns_those_and_the_journal_the_old_ones(catalogue: Catalogue) -> None:
    (record,) = catalogue.reserve(Ask(count=1, place="/store"))
    catalogue.mark_ready([record.identity.uuid])
    uuid, old = record.identity.uuid, record.files[0]
    catalogue.intents.begin(Intent(IntentKind.SWAP, uuid, {"files": [[old, "/store/new.qcow2"]]}))
    catalogue.renewals.replace_files(uuid, 2, {old: "/store/new.qcow2"}, detached=True)
    found = catalogue.clone(uuid)
    assert found is not None
    assert "/store/new.qcow2" in found.files
    assert old not in found.files
    assert (found.identity.version, found.detached) == (2, True)
    assert list(catalogue.journal.ours()) == [old]
    assert catalogue.intents.of(uuid) is None


def test_one_thing_is_undertaken_with_something_at_a_time(catalogue: Catalogue) -> None:
    intent = Intent(IntentKind.SWAP, "u", {"files": [["/a", "/b"]], "version": 3})
    catalogue.intents.begin(intent)
    with pytest.raises(BadArgument):
        catalogue.intents.begin(intent)
    left = catalogue.intents.claim("u")
    assert left is not None
    assert (left.kind, left.pairs("files"), left.number("version")) == (IntentKind.SWAP, (("/a", "/b"),), 3)
    catalogue.intents.end("u")
    assert catalogue.intents.claim("u") is None


def test_a_clone_is_remembered_as_ephemeral(catalogue: Catalogue) -> None:
    (record,) = catalogue.reserve(Ask(count=1, place="/store", ephemeral=True))
    found = catalogue.clone(record.identity.uuid)
    assert found is not None
    assert found.ephemeral


def test_a_catalogue_from_before_there_were_versions_keeps_all_it_has(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.sqlite"
    old = sqlite3.connect(path, isolation_level=None)
    for statements in MIGRATIONS[:6]:
        for statement in statements:
            old.execute(statement)
    old.execute("PRAGMA user_version = 6")
    old.execute("PRAGMA foreign_keys = ON")
    old.execute("INSERT INTO template VALUES ('deb', 1, '<domain/>', 'src', 5.0, '{}')")
    old.execute("INSERT INTO template_disk VALUES ('deb', 1, 0, 'vda', '/i', 'qcow2', 9, 'overlay', 0, '1:2:3')")
    columns = "uuid, template, version, number, name, status, created_at"
    old.execute(f"INSERT INTO clone ({columns}) VALUES ('u1', 'deb', 1, 7, 'deb-7', 'ready', 6.0)")  # noqa: S608
    old.execute("INSERT INTO mac VALUES ('52:54:00:00:00:01', 'u1', 0)")
    old.execute("INSERT INTO file (path, clone, position) VALUES ('/s/deb-7.vda.qcow2', 'u1', 0)")
    old.execute("INSERT INTO tag VALUES ('web', 'u1')")
    old.close()
    catalogue = SqliteCatalogue(path, tmp_path / "templates")
    (record,) = catalogue.clones()
    assert (record.identity.number, record.files) == (7, ("/s/deb-7.vda.qcow2",))
    assert record.identity.macs == ("52:54:00:00:00:01",)
    assert catalogue.tags.all() == {"web": frozenset({"u1"})}
    (version,) = catalogue.template("deb").history
    assert (version.number, version.created_at, version.disks[0].stamp) == (1, 5.0, "1:2:3")
    catalogue.forget(["u1"])  # what refers to a clone still goes with it
    assert catalogue.tags.all() == {}
    catalogue.close()
    broken = sqlite3.connect(path).execute("PRAGMA foreign_key_check").fetchall()
    assert broken == []


def test_a_machine_that_is_being_removed_gets_no_other_disks(tmp_path: Path) -> None:
    catalogue = SqliteCatalogue(tmp_path / "c.sqlite", tmp_path / "t")
    catalogue.add_template(template())
    (record,) = catalogue.reserve(Ask(count=1))
    catalogue.mark_ready([record.identity.uuid])
    catalogue.mark_removing([record.identity.uuid])
    with pytest.raises(BadArgument, match="made or removed"):
        catalogue.intents.begin(Intent(IntentKind.SWAP, record.identity.uuid))
    catalogue.close()


def test_a_machine_that_gets_other_disks_from_a_living_process_is_not_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue = SqliteCatalogue(tmp_path / "c.sqlite", tmp_path / "t")
    catalogue.add_template(template())
    (record,) = catalogue.reserve(Ask(count=1))
    catalogue.mark_ready([record.identity.uuid])
    started = int(Path("/proc/1/stat").read_text().rpartition(")")[2].split()[19])
    other = Owner(this_process().boot, 1, started)
    with monkeypatch.context() as patched:
        patched.setattr("qq2clone_tui.adapters.catalogue.intents.this_process", lambda: other)
        catalogue.intents.begin(Intent(IntentKind.SWAP, record.identity.uuid))
    with pytest.raises(BadArgument, match="process 1 is making, changing or removing it"):
        catalogue.mark_removing([record.identity.uuid])
    catalogue.intents.end(record.identity.uuid)
    catalogue.mark_removing([record.identity.uuid])
    catalogue.close()
