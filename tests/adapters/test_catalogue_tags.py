"""Tags last from one process to the next, and go with the clones that carry them."""

from pathlib import Path

import pytest

from qq2clone_tui.adapters.catalogue.catalogue import SqliteCatalogue
from qq2clone_tui.adapters.memory.catalogue import MemoryCatalogue

from .catalogue_samples import Ask, template


@pytest.fixture(params=["sqlite", "memory"])
def catalogue(request: pytest.FixtureRequest, tmp_path: Path) -> SqliteCatalogue | MemoryCatalogue:
    if request.param == "memory":
        return MemoryCatalogue()
    return SqliteCatalogue(tmp_path / "c.sqlite", tmp_path / "templates")


def clones(catalogue: SqliteCatalogue | MemoryCatalogue) -> list[str]:
    catalogue.add_template(template("web"))
    return [record.identity.uuid for record in catalogue.reserve(Ask("web", 3))]


def test_a_tag_names_the_clones_it_was_given_to(catalogue: SqliteCatalogue | MemoryCatalogue) -> None:
    one, two, three = clones(catalogue)
    catalogue.tags.add("lab", [one, two])
    catalogue.tags.add("lab", [two, three])
    catalogue.tags.remove("lab", [one])
    assert catalogue.tags.all() == {"lab": frozenset({two, three})}


def test_a_tag_can_be_moved_to_other_clones_whole(catalogue: SqliteCatalogue | MemoryCatalogue) -> None:
    one, two, three = clones(catalogue)
    catalogue.tags.add("keep", [one])
    catalogue.tags.replace("failed", [one, two])
    catalogue.tags.replace("failed", [three])
    assert catalogue.tags.all() == {"keep": frozenset({one}), "failed": frozenset({three})}


def test_a_forgotten_clone_takes_its_tags_along(catalogue: SqliteCatalogue | MemoryCatalogue) -> None:
    one, two, _ = clones(catalogue)
    catalogue.tags.add("lab", [one, two, "no-such-clone"])
    catalogue.forget([one])
    assert catalogue.tags.all() == {"lab": frozenset({two})}


def test_whoever_follows_the_catalogue_learns_of_a_new_tag(catalogue: SqliteCatalogue | MemoryCatalogue) -> None:
    one, *_ = clones(catalogue)
    before = catalogue.revision()
    catalogue.tags.add("lab", [one])
    assert catalogue.revision() > before


def test_tags_are_there_again_in_the_next_process(tmp_path: Path) -> None:
    first = SqliteCatalogue(tmp_path / "c.sqlite", tmp_path / "templates")
    one, *_ = clones(first)
    first.tags.add("lab", [one])
    first.close()
    second = SqliteCatalogue(tmp_path / "c.sqlite", tmp_path / "templates")
    assert second.tags.all() == {"lab": frozenset({one})}
    second.close()
