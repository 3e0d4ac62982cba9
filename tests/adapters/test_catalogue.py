"""The catalogue gives back what it was told, takes numbers fairly and says clearly what it cannot do."""

import sqlite3
import stat
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from qq2clone_tui.adapters.catalogue import SqliteCatalogue, catalogue_path
from qq2clone_tui.adapters.catalogue.migrations import MIGRATIONS
from qq2clone_tui.domain.clone import CloneIdentity, CloneStatus
from qq2clone_tui.domain.errors import AccessError, TemplateError, WrongFileKind
from qq2clone_tui.engine.ports.catalogue import Catalogue

from .catalogue_samples import Ask, template


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[SqliteCatalogue]:
    opened = SqliteCatalogue(tmp_path / "data" / "one.sqlite", tmp_path / "templates")
    opened.add_template(template())
    yield opened
    opened.close()


def names(catalogue: Catalogue) -> list[str]:
    return [record.identity.name for record in catalogue.clones()]


def test_a_template_comes_back_as_it_was_added(catalogue: Catalogue) -> None:
    catalogue.add_template(template("alpine", version=7, options={}, disks=()))
    assert catalogue.template("debian12") == template()
    assert catalogue.templates() == [template("alpine", version=7, options={}, disks=()), template()]


def test_a_template_name_is_taken_once(catalogue: Catalogue) -> None:
    with pytest.raises(TemplateError, match="there is one of that name"):
        catalogue.add_template(template(xml="<domain><name>other</name></domain>"))
    assert catalogue.template("debian12") == template()


def test_two_templates_cannot_own_one_image(catalogue: Catalogue) -> None:
    with pytest.raises(TemplateError, match="recorded as a file of another"):
        catalogue.add_template(template("other", disks=template().disks))
    assert [one.name for one in catalogue.templates()] == ["debian12"]


def test_an_unknown_template_is_a_template_error_everywhere(catalogue: Catalogue) -> None:
    for call in (catalogue.template, catalogue.remove_template, lambda name: catalogue.reserve(Ask(name))):
        with pytest.raises(TemplateError, match="there is no template 'nobody'"):
            call("nobody")
    assert catalogue.clones("nobody") == []


@pytest.mark.parametrize("name", ["", ".", "..", "../up", "a/b", "/etc/passwd", "a\nb", "a\0b", ".hidden", "x" * 300])
def test_a_template_name_cannot_leave_the_directory(catalogue: Catalogue, tmp_path: Path, name: str) -> None:
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(TemplateError):
        catalogue.add_template(template(name, disks=()))
    assert sorted(tmp_path.rglob("*")) == before
    assert [one.name for one in catalogue.templates()] == ["debian12"]


def test_a_template_with_clones_stays(catalogue: Catalogue) -> None:
    (record,) = catalogue.reserve(Ask())
    with pytest.raises(TemplateError, match="still has 1 clone"):
        catalogue.remove_template("debian12")
    catalogue.forget([record.identity.uuid])
    catalogue.remove_template("debian12")
    assert catalogue.templates() == []


def test_numbers_given_back_are_the_first_to_be_taken_again(catalogue: Catalogue) -> None:
    records = catalogue.reserve(Ask(count=5))
    catalogue.forget([records[1].identity.uuid, records[3].identity.uuid])
    assert [one.identity.number for one in catalogue.reserve(Ask(count=3))] == [2, 4, 6]


def test_numbers_whose_name_is_taken_on_the_host_are_passed_over(catalogue: Catalogue) -> None:
    ask = Ask(count=3, on_host=frozenset({"debian12-1", "debian12-3"}))
    assert [one.identity.name for one in catalogue.reserve(ask)] == ["debian12-2", "debian12-4", "debian12-5"]


def test_a_name_that_a_clone_of_another_template_has_is_passed_over(catalogue: Catalogue) -> None:
    class Renamed(Ask):
        def identity(self, number: int, taken_uuids: set[str], taken_macs: set[str]) -> CloneIdentity | None:
            fresh = super().identity(number, taken_uuids, taken_macs)
            assert fresh
            return CloneIdentity("alpine", 1, number, f"debian12-{number}", fresh.uuid, fresh.macs)

    catalogue.add_template(template("alpine", disks=()))
    catalogue.reserve(Ask(count=2))
    assert [one.identity.number for one in catalogue.reserve(Renamed("alpine", place="/else"))] == [3]


def test_a_request_sees_what_every_template_has_taken(catalogue: Catalogue) -> None:
    catalogue.add_template(template("alpine", disks=()))
    catalogue.reserve(Ask(count=3))
    ask = Ask("alpine", count=2)
    catalogue.reserve(ask)
    assert ask.seen == [(3, 3), (4, 4)]


def test_a_request_that_breaks_half_way_takes_nothing(catalogue: Catalogue) -> None:
    class Broken(Ask):
        def identity(self, number: int, taken_uuids: set[str], taken_macs: set[str]) -> CloneIdentity | None:
            if number > 3:
                raise AccessError("cannot look", subject="/there")
            return super().identity(number, taken_uuids, taken_macs)

    with pytest.raises(AccessError, match="cannot look"):
        catalogue.reserve(Broken(count=9))
    assert catalogue.clones() == []
    assert len(catalogue.reserve(Ask(count=4))) == 4


@pytest.mark.parametrize("clash", ["uuid", "mac", "file"])
def test_what_makes_a_clone_unique_is_taken_once(catalogue: Catalogue, clash: str) -> None:
    (first,) = catalogue.reserve(Ask())

    class Clash(Ask):
        def identity(self, number: int, taken_uuids: set[str], taken_macs: set[str]) -> CloneIdentity | None:
            fresh = super().identity(number, taken_uuids, taken_macs)
            assert fresh
            uuid = first.identity.uuid if clash == "uuid" else fresh.uuid
            macs = (first.identity.macs[0].upper(),) if clash == "mac" else fresh.macs
            return CloneIdentity("debian12", 1, number, fresh.name, uuid, macs)

        def files(self, identity: CloneIdentity) -> tuple[str, ...]:
            return first.files if clash == "file" else (f"/other/{identity.name}",)

    with pytest.raises(AccessError, match="cannot record the clones"):
        catalogue.reserve(Clash())
    assert catalogue.clones() == [first]


def test_a_clone_goes_from_making_to_ready_to_removing_to_nothing(catalogue: Catalogue) -> None:
    (record,) = catalogue.reserve(Ask())
    uuid = record.identity.uuid
    assert record.status is CloneStatus.MAKING
    assert record.files == ("/store/debian12-1-vda.qcow2", "/store/debian12-1-vdb.qcow2")
    assert abs(record.created_at - time.time()) < 60
    assert catalogue.clone(uuid) == record
    for change, status in (
        (catalogue.mark_ready, CloneStatus.READY),
        (catalogue.mark_removing, CloneStatus.REMOVING),
    ):
        change([uuid])
        assert [one.status for one in catalogue.clones("debian12")] == [status]
    catalogue.forget([uuid])
    assert catalogue.clone(uuid) is None
    assert catalogue.clones() == []
    catalogue.forget([uuid])


def test_clones_come_in_the_order_of_template_and_number(catalogue: Catalogue) -> None:
    catalogue.add_template(template("alpine", disks=()))
    catalogue.reserve(Ask(count=11))
    catalogue.reserve(Ask("alpine", count=2))
    assert names(catalogue) == ["alpine-1", "alpine-2", *(f"debian12-{number}" for number in range(1, 12))]
    assert [one.identity.template for one in catalogue.clones("alpine")] == ["alpine", "alpine"]


def test_every_change_gives_a_new_revision_and_looking_does_not(tmp_path: Path, catalogue: Catalogue) -> None:
    other = SqliteCatalogue(tmp_path / "data" / "one.sqlite", tmp_path / "templates")
    seen = [other.revision()]
    (record,) = catalogue.reserve(Ask())
    uuids = [record.identity.uuid]
    changes: list[Callable[[], object]] = [
        lambda: catalogue.mark_ready(uuids),
        lambda: catalogue.mark_removing(uuids),
        lambda: catalogue.forget(uuids),
        lambda: catalogue.add_template(template("alpine", disks=())),
        lambda: catalogue.remove_template("alpine"),
    ]
    for change in changes:
        seen.append(other.revision())
        assert other.revision() == catalogue.revision() == seen[-1]
        change()
        catalogue.clones(), catalogue.templates(), catalogue.abandoned()
    seen.append(other.revision())
    other.close()
    assert seen == sorted(set(seen))


def test_a_thousand_clones_take_a_moment(catalogue: Catalogue) -> None:
    start = time.monotonic()
    uuids = [one.identity.uuid for one in catalogue.reserve(Ask(count=1000))]
    for uuid in uuids:
        catalogue.mark_ready([uuid])
    assert len(catalogue.clones()) == 1000
    catalogue.mark_removing(uuids)
    catalogue.forget(uuids)
    assert catalogue.clones() == []
    # Measured at about 0.4 s on two slow cores; an accident with the indexes costs a minute.
    assert time.monotonic() - start < 15


def test_many_threads_may_use_one_catalogue(catalogue: Catalogue) -> None:
    def work(_: int) -> list[int]:
        records = catalogue.reserve(Ask(count=5))
        catalogue.mark_ready([one.identity.uuid for one in records])
        catalogue.clones()
        return [one.identity.number for one in records]

    with ThreadPoolExecutor(16) as pool:
        taken = [number for batch in pool.map(work, range(40)) for number in batch]
    assert sorted(taken) == list(range(1, 201))
    assert {one.status for one in catalogue.clones()} == {CloneStatus.READY}


def test_what_one_session_recorded_the_next_one_finds(tmp_path: Path, catalogue: Catalogue) -> None:
    recorded = catalogue.reserve(Ask(count=3))
    catalogue.close()
    again = SqliteCatalogue(tmp_path / "data" / "one.sqlite", tmp_path / "templates")
    assert again.clones() == recorded
    assert again.templates() == [template()]
    again.close()
    again.close()


def test_only_the_owner_can_look_inside(tmp_path: Path, catalogue: Catalogue) -> None:
    catalogue.reserve(Ask())
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.rglob("*")}
    assert modes == {
        "data": 0o700,
        "one.sqlite": 0o600,
        "one.sqlite-wal": 0o600,
        "one.sqlite-shm": 0o600,
        "templates": 0o700,
        "debian12.xml": 0o600,
    }


def test_a_catalogue_of_a_newer_release_is_refused_and_left_alone(tmp_path: Path, catalogue: Catalogue) -> None:
    catalogue.close()
    path = tmp_path / "data" / "one.sqlite"
    database = sqlite3.connect(path)
    database.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    database.close()
    before = path.read_bytes()
    with pytest.raises(AccessError, match="a newer release wrote it") as caught:
        SqliteCatalogue(path, tmp_path)
    assert str(path) in caught.value.paragraph()
    assert path.read_bytes() == before


def test_another_programs_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite"
    database = sqlite3.connect(path)
    database.execute("CREATE TABLE visits (url TEXT)")
    database.close()
    with pytest.raises(WrongFileKind, match="another program's database"):
        SqliteCatalogue(path, tmp_path)
    database = sqlite3.connect(path)
    assert database.execute("SELECT name FROM sqlite_schema").fetchall() == [("visits",)]
    database.close()


@pytest.mark.parametrize("content", [b"this is no database" * 100, b"\0" * 5000, b"SQLite format 3\0" + b"\xff" * 4080])
def test_a_damaged_file_is_named_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "one.sqlite"
    path.write_bytes(content)
    with pytest.raises(AccessError) as caught:
        SqliteCatalogue(path, tmp_path)
    assert str(path) in caught.value.paragraph()
    assert path.read_bytes() == content


def test_a_catalogue_damaged_in_the_middle_is_named(tmp_path: Path, catalogue: Catalogue) -> None:
    catalogue.reserve(Ask(count=200))
    catalogue.close()
    path = tmp_path / "data" / "one.sqlite"
    content = path.read_bytes()
    path.write_bytes(content[:4096] + b"\xa5" * (len(content) - 4096))
    with pytest.raises(AccessError, match="malformed") as caught:
        SqliteCatalogue(path, tmp_path / "templates").clones()
    assert "Move it away" in caught.value.remedy


@pytest.mark.parametrize("place", ["file/one.sqlite", "directory"])
def test_a_place_that_cannot_hold_a_catalogue_is_named(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("in the way")
    (tmp_path / "directory").mkdir()
    with pytest.raises(AccessError) as caught:
        SqliteCatalogue(tmp_path / place, tmp_path)
    assert str(tmp_path) in caught.value.paragraph()
    assert (tmp_path / "file").read_text() == "in the way"


def test_hypervisors_never_share_a_catalogue_nor_leave_the_directory() -> None:
    data = Path("/data")
    uris = [
        "qemu:///system",
        "qemu:///session",
        "qemu+ssh://a/system",
        "qemu:///embed?root=/../../etc",
        "",
        "../x",
        "\udcff",
    ]
    hosts = ["one", "two", "../../etc", "", "ü" * 500]
    paths = {catalogue_path(data, host, uri) for host in hosts for uri in uris}
    assert len(paths) == len(hosts) * len(uris)
    for path in paths:
        assert path.parent == data / "catalogues"
        assert len(path.name) < 100
        assert path.name.isascii() and path.name[0] != "."
    assert "one-qemu-system-" in catalogue_path(data, "one", "qemu:///system").name
