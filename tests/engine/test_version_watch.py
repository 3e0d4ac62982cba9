"""The images of versions are watched: what they take, and whether somebody has changed them."""

import threading

from qq2clone_tui.engine.session import Session
from tests.snapshots.versions_fleet import VersionedFleet

BASE = "/srv/templates/debian12.qcow2"
V2 = "/var/lib/libvirt/images/qq2clone/debian12.v2.vda.qcow2"


def drift(session: Session) -> dict[str, tuple[str, ...]]:
    templates = session.inventory.current.templates
    return {f"{t.name}@v{v.number}": v.drift for t in templates for v in t.versions if v.drift}


def test_the_bytes_of_each_version_are_those_of_its_own_images() -> None:
    fleet = VersionedFleet().stage()
    versions = {t.name: t.versions for t in fleet.session().inventory.current.templates}
    paths = [version.disks[0].image for version in reversed(fleet.catalogue.template("debian12").history)]
    assert [each.bytes for each in versions["debian12"]] == [fleet.images.facts[path].actual_size for path in paths]


def test_an_image_that_was_written_to_is_named() -> None:
    session = VersionedFleet().stage().session()
    assert drift(session) == {"win11@v1": ("/srv/templates/win11.qcow2 was written to",)}


def test_an_image_that_is_gone_is_drift_and_stops_nothing() -> None:
    fleet = VersionedFleet().stage()
    del fleet.images.facts[V2]
    assert "cannot be used" in drift(fleet.session())["debian12@v2"][0]


def test_what_others_do_to_an_image_comes_into_the_picture_by_itself() -> None:
    fleet = VersionedFleet().stage()
    session = fleet.session()
    noticed = threading.Event()
    session.inventory.subscribe(lambda _: noticed.set() if "debian12@v2" in drift(session) else None)
    session.start()
    try:
        fleet.drift(V2)
        assert noticed.wait(20), drift(session)
    finally:
        session.close()


def test_a_new_version_is_looked_at_by_itself() -> None:
    fleet = VersionedFleet().stage()
    session = fleet.session()
    seen = threading.Event()

    def newest() -> int:
        (found,) = [t for t in session.inventory.current.templates if t.name == "alpine"]
        return found.versions[0].bytes if found.version == 2 else 0

    session.inventory.subscribe(lambda _: seen.set() if newest() else None)
    session.start()
    try:
        fleet.add_version("alpine", 2, "")
        assert seen.wait(20)
    finally:
        session.close()


def test_the_same_look_changes_nothing() -> None:
    session = VersionedFleet().stage().session()
    before = session.inventory.current
    assert not session.version_watch.look()
    assert session.inventory.refresh() is before
