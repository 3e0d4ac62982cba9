"""A fresh disk that gets the name of one whose deletion was interrupted is not deleted in its stead."""

from dataclasses import replace
from pathlib import Path

import pytest

from qq2clone_tui.adapters.catalogue import SqliteCatalogue, file_journal
from qq2clone_tui.adapters.catalogue.owners import this_process
from qq2clone_tui.domain.errors import BadArgument
from qq2clone_tui.domain.intent import Intent, IntentKind

OLD, NEW = "/images/web-1.vda.r2.qcow2", "/images/web-1.vda.qcow2"
SWAP = Intent(IntentKind.SWAP, "some-uuid", {"files": [[OLD, NEW]], "version": 1, "detached": 0})


@pytest.fixture
def catalogue(tmp_path: Path) -> SqliteCatalogue:
    return SqliteCatalogue(tmp_path / "catalogue.sqlite", tmp_path / "templates")


def test_who_makes_the_fresh_disk_takes_the_name_over(catalogue: SqliteCatalogue) -> None:
    catalogue.journal.note([OLD, NEW])
    catalogue.intents.begin(SWAP)
    assert catalogue.journal.ours() == [OLD]


def test_a_name_that_another_process_is_just_clearing_up_is_not_used(
    catalogue: SqliteCatalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue.journal.note([NEW])
    another = replace(this_process(), pid=1)
    monkeypatch.setattr(file_journal, "this_process", lambda: another)
    with pytest.raises(BadArgument, match="making or deleting"):
        catalogue.intents.begin(SWAP)
    assert catalogue.intents.of(SWAP.subject) is None
