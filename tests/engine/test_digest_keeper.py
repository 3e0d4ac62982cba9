"""Images of versions get their digests by themselves while the app runs."""

import hashlib
import time
from pathlib import Path

import pytest

from qq2clone_tui.adapters.catalogue import SqliteCatalogue
from qq2clone_tui.adapters.images import LocalImages
from qq2clone_tui.adapters.memory.sample import SampleFleet
from qq2clone_tui.domain.template import Template, TemplateDisk
from qq2clone_tui.engine.session import Session
from qq2clone_tui.engine.versions import digest_keeper
from tests.adapters.image_files import make_image


def test_an_image_without_a_digest_gets_one_and_a_changed_one_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(digest_keeper, "EVERY_SECONDS", 0.05)
    place = tmp_path / "place"
    place.mkdir()
    good, changed = (make_image(place / name, 4 << 20, "qcow2") for name in ("good.qcow2", "changed.qcow2"))
    images = LocalImages(place)
    catalogue = SqliteCatalogue(tmp_path / "c.sqlite", tmp_path / "templates")
    for path in (good, changed):
        facts = images.probe(str(path))
        disk = TemplateDisk("vda", str(path), "qcow2", facts.virtual_size, owned=True, stamp=facts.stamp)
        catalogue.add_template(Template(path.stem, "<domain/>", (disk,)))
    changed.touch()
    session = Session(SampleFleet().hypervisor, images, catalogue, lambda path: path)
    session.start()
    try:
        deadline = time.monotonic() + 20
        while not catalogue.template("good").disks[0].digest:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        assert catalogue.template("good").disks[0].digest == hashlib.sha256(good.read_bytes()).hexdigest()
        assert catalogue.template("changed").disks[0].digest == ""
    finally:
        session.close()
