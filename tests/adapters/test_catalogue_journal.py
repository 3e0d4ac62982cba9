"""Files that are being made or deleted are found again when their process is killed, by one other only."""

import os
import signal
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from qq2clone_tui.adapters.catalogue import SqliteCatalogue, migrations
from qq2clone_tui.domain.disk import DiskPolicy
from qq2clone_tui.domain.errors import BadArgument, TemplateError
from qq2clone_tui.domain.template import TemplateDisk

from .catalogue_samples import Ask, template
from .test_catalogue_processes import lines, process

COPY = "/store/debian12.vda.base.qcow2"


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[SqliteCatalogue]:
    opened = SqliteCatalogue(tmp_path / "one.sqlite", tmp_path / "templates")
    yield opened
    opened.close()


def test_a_file_of_a_killed_process_is_taken_over_once_and_one_of_a_living_process_never(
    tmp_path: Path, catalogue: SqliteCatalogue
) -> None:
    other = SqliteCatalogue(tmp_path / "one.sqlite", tmp_path / "templates")
    catalogue.journal.note(["/store/ours"])
    with process(tmp_path, f"catalogue.journal.note([{COPY!r}]); tell('done'); sys.stdin.readline()") as worker:
        assert lines(worker, 1) == ["done"]
        assert catalogue.journal.take_over() == []
        with pytest.raises(BadArgument, match=f"process {worker.pid}"):
            catalogue.journal.note([COPY])
        catalogue.journal.drop([COPY])  # not ours to drop
        os.kill(worker.pid, signal.SIGKILL)
        deadline = time.monotonic() + 30
        while not (taken := catalogue.journal.take_over()):
            assert time.monotonic() < deadline
            time.sleep(0.01)
    assert taken == [COPY]
    assert other.journal.take_over() == []
    assert catalogue.journal.ours() == [COPY, "/store/ours"]
    catalogue.journal.drop([COPY, "/store/ours"])
    assert catalogue.journal.ours() == []
    other.close()


def test_the_name_of_a_file_whose_process_is_gone_may_be_used_again(tmp_path: Path, catalogue: SqliteCatalogue) -> None:
    with process(tmp_path, f"catalogue.journal.note([{COPY!r}]); tell('done')") as worker:
        assert lines(worker, 1) == ["done"]
        worker.wait(30)
    catalogue.journal.note([COPY])
    assert catalogue.journal.take_over() == []
    assert catalogue.journal.ours() == [COPY]


def test_a_template_and_its_images_are_finished_in_one_instant_or_not_at_all(catalogue: SqliteCatalogue) -> None:
    owned = (TemplateDisk("vda", COPY, "qcow2", 1 << 20, owned=True),)
    catalogue.journal.note([COPY])
    catalogue.add_template(template(disks=owned))
    assert catalogue.journal.ours() == []
    with pytest.raises(TemplateError):
        catalogue.add_template(template(disks=owned))
    catalogue.reserve(Ask())
    with pytest.raises(TemplateError, match="clone"):
        catalogue.remove_template("debian12", [COPY])
    assert catalogue.journal.ours() == []
    catalogue.forget([one.identity.uuid for one in catalogue.clones()])
    catalogue.remove_template("debian12", [COPY])
    assert catalogue.journal.ours() == [COPY]


def test_a_catalogue_of_an_older_release_keeps_its_templates(tmp_path: Path) -> None:
    path = tmp_path / "one.sqlite"
    with sqlite3.connect(path) as old:
        for statement in migrations.MIGRATIONS[0]:
            old.execute(statement)
        old.execute("PRAGMA user_version = 1")
        old.execute("INSERT INTO template VALUES ('old', 1, '<domain/>', 'source', 1.5, '{}')")
        old.execute("INSERT INTO template_disk VALUES ('old', 1, 0, 'vda', '/old.qcow2', 'qcow2', 512, 'share', 0)")
    old.close()
    catalogue = SqliteCatalogue(path, tmp_path / "templates")
    (kept,) = catalogue.templates()
    assert (kept.name, kept.disks) == ("old", (TemplateDisk("vda", "/old.qcow2", "qcow2", 512, DiskPolicy.SHARE),))
    catalogue.journal.note([COPY])
    assert catalogue.journal.ours() == [COPY]
    catalogue.close()
