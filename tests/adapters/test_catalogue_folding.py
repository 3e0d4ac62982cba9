"""Versions are forgotten together, with the facts of the images that take over, or not at all."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from qq2clone_tui.adapters.catalogue.catalogue import SqliteCatalogue
from qq2clone_tui.adapters.memory.catalogue import MemoryCatalogue
from qq2clone_tui.domain.errors import TemplateError
from qq2clone_tui.domain.intent import Intent, IntentKind, template_subject
from qq2clone_tui.domain.merge import Sealed
from qq2clone_tui.domain.template import TemplateDisk, Version
from qq2clone_tui.engine.ports.catalogue import Catalogue

from .catalogue_samples import Ask, template

SUBJECT = template_subject("debian12")
BEFORE = Intent(IntentKind.MERGE, SUBJECT, {"made": ["/store/new"]})
AFTER = Intent(IntentKind.MERGE, SUBJECT, {"put": [["/store/new", "/store/v3"]], "deletes": ["/store/v2"]})
SEALED = {"/store/v3": Sealed("9:9:9", "d" * 64, 4096)}


@pytest.fixture(params=["sqlite", "memory"])
def catalogue(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Catalogue]:
    """A catalogue whose template debian12 has four versions, the first of a foreign image."""
    found: Catalogue = (
        MemoryCatalogue()
        if request.param == "memory"
        else SqliteCatalogue(tmp_path / "catalogue.sqlite", tmp_path / "templates")
    )
    versions = [Version(1, (TemplateDisk("vda", "/images/base", "raw", 1 << 20, stamp="1:1:1"),))]
    for number in (2, 3, 4):
        disk = TemplateDisk("vda", f"/store/v{number}", "qcow2", 1 << 20, owned=True, stamp=f"{number}:1:1")
        versions.append(Version(number, (disk,), {"tpm 1": f"/store/tpm{number}"}))
    found.add_template(template(disks=versions[-1].disks, version=4, versions=tuple(versions)))
    yield found
    found.close()


def test_the_versions_go_the_facts_change_and_what_is_left_to_do_is_known(catalogue: Catalogue) -> None:
    catalogue.rewrite.template_copy("debian12", "second", 1.0, ())
    catalogue.intents.begin(BEFORE)
    catalogue.versions.fold("debian12", [2], SEALED, ["/store/v2", "/store/tpm2"], AFTER)
    found = catalogue.template("debian12")
    assert [version.number for version in found.history] == [1, 3, 4]
    disks = {version.number: version.disks[0] for version in found.history}
    assert (disks[3].stamp, disks[3].digest) == ("9:9:9", "d" * 64)
    assert (disks[1].stamp, disks[4].stamp) == ("1:1:1", "4:1:1")
    assert catalogue.intents.of(SUBJECT) == AFTER
    assert set(catalogue.journal.ours()) == {"/store/v2", "/store/tpm2"}


def test_another_template_of_the_same_image_knows_it_too(catalogue: Catalogue) -> None:
    catalogue.rewrite.template_copy("debian12", "second", 1.0, ())
    facts = {"/store/v4": Sealed("7:7:7", "e" * 64, 1)}
    catalogue.versions.fold("debian12", [3], facts, ["/store/v3"], AFTER)
    assert catalogue.template("second").disks[0].stamp == "7:7:7"


@pytest.mark.parametrize("numbers", [[2, 4], [2, 7], [2, 3]])
def test_when_one_cannot_go_none_does(catalogue: Catalogue, numbers: list[int]) -> None:
    catalogue.reserve(Ask(version=3))
    catalogue.intents.begin(BEFORE)
    with pytest.raises(TemplateError):
        catalogue.versions.fold("debian12", numbers, SEALED, ["/store/v2"], AFTER)
    assert [version.number for version in catalogue.template("debian12").history] == [1, 2, 3, 4]
    assert catalogue.intents.of(SUBJECT) == BEFORE
    assert list(catalogue.journal.ours()) == []


def test_its_files_are_its_own_no_more(catalogue: Catalogue) -> None:
    catalogue.versions.fold("debian12", [2], SEALED, ["/store/v2", "/store/tpm2"], AFTER)
    catalogue.journal.drop(["/store/v2", "/store/tpm2"])
    other = Version(1, (TemplateDisk("vda", "/store/v2", "qcow2", 1 << 20, owned=True),))
    catalogue.add_template(replace(template("other"), disks=other.disks, versions=(other,)))
    assert catalogue.template("other").owned_files == ("/store/v2",)


def test_a_version_that_a_clone_is_being_put_on_stays(catalogue: Catalogue) -> None:
    (record,) = catalogue.reserve(Ask(version=2))
    catalogue.mark_ready([record.identity.uuid])
    swap = Intent(IntentKind.SWAP, record.identity.uuid, {"version": 3, "detached": 0, "files": []})
    catalogue.intents.begin(swap)
    with pytest.raises(TemplateError, match=r"is being put on it|is needed"):
        catalogue.versions.fold("debian12", [3], SEALED, ["/store/v3"], AFTER)
    catalogue.intents.end(record.identity.uuid)
    catalogue.versions.fold("debian12", [3], SEALED, ["/store/v3"], AFTER)
    assert not catalogue.versions.exists("debian12", 3)


def test_nobody_gets_clones_of_a_version_that_is_gone(catalogue: Catalogue) -> None:
    catalogue.versions.fold("debian12", [3], SEALED, ["/store/v3"], AFTER)
    with pytest.raises(TemplateError, match="debian12@v3"):
        catalogue.reserve(Ask(version=3))
    assert catalogue.clones() == []
