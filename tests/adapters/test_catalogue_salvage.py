"""A catalogue tells what was left half done in it, and takes lost records back."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from qq2clone_tui.adapters.catalogue import SqliteCatalogue
from qq2clone_tui.domain.clone import CloneRecord, CloneStatus
from qq2clone_tui.domain.errors import AccessError, TemplateError

from .catalogue_samples import Ask, template
from .test_catalogue_processes import lines, process

LEAVING = """
from qq2clone_tui.domain.clone import SavedState
from qq2clone_tui.domain.intent import Intent, IntentKind, template_subject
one, two, three = catalogue.reserve(Ask(count=3))
catalogue.mark_ready([two.identity.uuid, three.identity.uuid])
catalogue.journal.note(["/store/copy.qcow2"])
catalogue.intents.begin(Intent(IntentKind.SWAP, two.identity.uuid, {"files": [["/store/old", "/store/new"]]}))
catalogue.intents.begin(Intent(IntentKind.COMMIT, template_subject("debian12"), {}))
catalogue.saved.put(three.identity.uuid, SavedState("/store/three.state"))
catalogue.saved.begin_restoring(three.identity.uuid)
tell("done")
sys.stdin.readline()
"""


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[SqliteCatalogue]:
    with closing(SqliteCatalogue(tmp_path / "one.sqlite", tmp_path / "templates")) as opened:
        opened.add_template(template())
        yield opened


def made(catalogue: SqliteCatalogue, count: int = 2) -> list[CloneRecord]:
    records = catalogue.reserve(Ask(count=count))
    catalogue.mark_ready([record.identity.uuid for record in records])
    return catalogue.clones()


def test_what_a_process_left_half_done_is_told_once_it_is_gone_and_nothing_is_changed_by_that(
    tmp_path: Path, catalogue: SqliteCatalogue
) -> None:
    with process(tmp_path, LEAVING) as worker:
        assert lines(worker, 1) == ["done"]
        assert list(catalogue.salvage.leftovers()) == []
        worker.kill()
        worker.wait(30)
        left = catalogue.salvage.leftovers()
        assert [(one.subject, one.why, one.template) for one in left] == [
            ("debian12-1", "it was only half made", "debian12"),
            ("/store/copy.qcow2", "it was being made or deleted", ""),
            ("debian12-2", "other disks were being put into it", "debian12"),
            ("template debian12", "its next version was being made", "debian12"),
            ("debian12-3", "its memory was being put back", "debian12"),
        ]
        assert catalogue.salvage.leftovers() == left


def test_every_path_that_anybody_owns_makes_or_stands_on_is_recorded(
    tmp_path: Path, catalogue: SqliteCatalogue
) -> None:
    with process(tmp_path, LEAVING) as worker:
        assert lines(worker, 1) == ["done"]
        known = catalogue.salvage.recorded_files()
    assert {"/store/debian12-1-vda.qcow2", "/store/three.state", "/store/copy.qcow2"} <= known
    assert {"/store/old", "/store/new", "/images/debian12.qcow2", "/images/debian12-swap.raw"} <= known
    assert "/store/debian12-4-vda.qcow2" not in known


def test_a_lost_clone_is_recorded_again_as_it_was(tmp_path: Path, catalogue: SqliteCatalogue) -> None:
    lost = made(catalogue)
    with closing(SqliteCatalogue(tmp_path / "two.sqlite", tmp_path / "templates2")) as fresh:
        with pytest.raises(TemplateError, match="no template"):
            fresh.salvage.adopt(lost)
        fresh.add_template(template())
        fresh.salvage.adopt([replace(one, status=CloneStatus.MAKING) for one in lost])
        assert fresh.clones() == lost
        assert [one.identity.number for one in fresh.reserve(Ask())] == [3]
        fresh.salvage.adopt([])


@pytest.mark.parametrize("taken", ["uuid", "number", "name", "macs", "files"])
def test_nothing_is_recorded_when_any_part_of_one_is_somebody_elses(catalogue: SqliteCatalogue, taken: str) -> None:
    first, _ = before = made(catalogue)
    other = Ask().identity(9, set(), set())
    assert other is not None
    spare = Ask().identity(10, set(), set())
    assert spare is not None
    files = first.files if taken == "files" else ("/store/other.qcow2",)
    if taken != "files":
        other = replace(other, **{taken: getattr(first.identity, taken)})
    with pytest.raises(AccessError, match="cannot record the clones"):
        catalogue.salvage.adopt([replace(first, identity=spare, files=()), replace(first, identity=other, files=files)])
    assert catalogue.clones() == before


def test_the_xml_of_a_template_that_the_catalogue_lost_is_found(tmp_path: Path, catalogue: SqliteCatalogue) -> None:
    catalogue.add_template(template("alpine"))
    (tmp_path / "templates" / "broken.xml").write_text("<domain>")
    (tmp_path / "templates" / "no-xml.txt").write_text("<domain/>")
    (tmp_path / "templates" / "alpine.xml.old-1").write_text("<domain/>")
    assert catalogue.salvage.kept_templates() == {}
    with closing(SqliteCatalogue(tmp_path / "two.sqlite", tmp_path / "templates")) as fresh:
        fresh.add_template(template("alpine"))
        assert fresh.salvage.kept_templates() == {"debian12": template().xml}
