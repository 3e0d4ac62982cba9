"""What one process is making or removing, no other takes out of its hands."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from qq2clone_tui.adapters.catalogue import SqliteCatalogue
from qq2clone_tui.adapters.catalogue.database import Database
from qq2clone_tui.adapters.catalogue.owners import Owner, alive, this_process
from qq2clone_tui.domain.clone import CloneStatus
from qq2clone_tui.domain.errors import AccessError, BadArgument

from .catalogue_samples import template

OTHER = """
import sys
from pathlib import Path
from qq2clone_tui.adapters.catalogue import SqliteCatalogue
from tests.adapters.catalogue_samples import Ask
place = Path(sys.argv[1])
catalogue = SqliteCatalogue(place / "one.sqlite", place / "templates")
making, removing = (one.identity.uuid for one in catalogue.reserve(Ask(count=2)))
catalogue.mark_ready([removing])
catalogue.mark_removing([removing])
print("done", flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[SqliteCatalogue]:
    opened = SqliteCatalogue(tmp_path / "one.sqlite", tmp_path / "templates")
    opened.add_template(template())
    yield opened
    opened.close()


def test_nobody_removes_what_another_living_process_is_at(tmp_path: Path, catalogue: SqliteCatalogue) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", OTHER, str(tmp_path)],
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout
        assert other.stdout.readline() == "done\n"
        before = catalogue.clones()
        for record in before:
            with pytest.raises(BadArgument, match=f"process {other.pid} is making, changing or removing it"):
                catalogue.mark_removing([record.identity.uuid])
        assert catalogue.clones() == before
        other.kill()
    catalogue.mark_removing([record.identity.uuid for record in before])
    assert [record.status for record in catalogue.clones()] == [CloneStatus.REMOVING] * 2


def test_a_process_of_another_container_counts_as_alive_until_the_next_boot() -> None:
    me = this_process()
    boot = me.boot.partition("/")[0]
    assert alive(Owner(f"{boot}/pid:[1]", 2**22 + 1, 1))
    assert not alive(Owner("an earlier boot/pid:[1]", 2**22 + 1, 1))


def test_a_process_that_is_hidden_from_us_counts_as_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(pid: int, number: int) -> None:
        raise PermissionError(pid, number)

    me = this_process()
    hidden = Owner(me.boot, 2**22 + 1, 1)
    assert not alive(hidden)
    monkeypatch.setattr(os, "kill", refused)
    assert alive(hidden)


def test_a_failing_disk_under_the_catalogue_is_an_error_that_says_what_to_look_at(tmp_path: Path) -> None:
    fault = sqlite3.OperationalError("disk I/O error")
    fault.sqlite_errorcode = sqlite3.SQLITE_IOERR | 19 << 8
    database = Database(tmp_path / "one.sqlite")
    with pytest.raises(AccessError, match=r"disk I/O error\. See whether its file system is full"), database.writing():
        raise fault
    database.close()
