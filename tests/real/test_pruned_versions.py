"""Versions go below machines that run: they notice nothing, and start again from the same bytes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from qq2clone_tui.adapters.catalogue import SqliteCatalogue
from qq2clone_tui.adapters.images import LocalImages
from qq2clone_tui.adapters.libvirt.hypervisor import LibvirtHypervisor
from qq2clone_tui.adapters.sample.template import write_sample
from qq2clone_tui.adapters.xml_file import read_xml
from qq2clone_tui.domain.states import DomainState, PowerVerb
from qq2clone_tui.engine.session import Session
from tests.adapters.image_files import digest
from tests.adapters.libvirt_worlds import eventually

from .disk_lab import KIB, booted, image, read_back, starts, write_pattern


@pytest.fixture
def session(embed_host: LibvirtHypervisor, tmp_path: Path) -> Iterator[Session]:
    """A session over the embedded hypervisor, with the sample machine as the template tiny."""
    place = tmp_path / "images"
    catalogue = SqliteCatalogue(tmp_path / "catalogue.sqlite", tmp_path / "templates")
    session = Session(embed_host, LocalImages(place), catalogue, read_xml)
    session.import_template(str(write_sample(tmp_path / "sample").xml), "tiny")
    yield session
    catalogue.close()


def commit(session: Session, pattern: int) -> None:
    """Make the next version of tiny, with a pattern of its own."""
    prepared = session.staging.prepare("tiny")
    (image,) = (Path(path) for path in prepared.files if path.endswith(".qcow2"))
    write_pattern(image, pattern, 64 * KIB * pattern)
    session.staging.commit("tiny")


def below(path: Path) -> list[str]:
    """Return the names of the images that a clone's stands on."""
    return [Path(each).name for each in LocalImages(path.parent).stands_on(str(path))[1:]]


def test_running_machines_go_on_and_start_again_when_images_below_them_are_merged(
    session: Session, embed_host: LibvirtHypervisor
) -> None:
    for pattern in (2, 3, 4):
        commit(session, pattern)
    plan = session.plan_clone("tiny", 2, start=True)
    assert session.jobs.run(plan).exit_code == 0
    clones = [Path(step.clone.images[0].path) for step in plan.steps if step.clone]
    assert eventually(lambda: all(booted(path) for path in clones))
    assert below(clones[0]) == ["tiny.v4.vda.qcow2", "tiny.v3.vda.qcow2", "tiny.v2.vda.qcow2", "sample.qcow2"]

    results = session.pruning.prune(session.pruning.plan_prune("tiny"), lambda _: None)
    assert [(result.fold.versions, result.error) for result in results] == [((2, 3), None)]
    assert below(clones[0]) == ["tiny.v4.vda.qcow2", "sample.qcow2"]
    assert {path.name for path in clones[0].parent.iterdir()} == {"tiny.v4.vda.qcow2", *(path.name for path in clones)}
    states = {domain.name: domain.state for domain in embed_host.list_domains()}
    assert states == {"tiny-1": DomainState.RUNNING, "tiny-2": DomainState.RUNNING}

    (first, _) = plan.steps
    embed_host.power(PowerVerb.DESTROY, first.uuid)
    embed_host.power(PowerVerb.START, first.uuid)
    assert eventually(lambda: starts(clones[0]) == 2)
    for pattern in (2, 3, 4):
        assert [read_back(path, 64 * KIB * pattern) for path in clones] == [pattern, pattern]


def test_a_staging_machine_on_the_newest_version_can_still_be_committed(session: Session) -> None:
    for pattern in (2, 3):
        commit(session, pattern)
    prepared = session.staging.prepare("tiny")
    (image,) = (Path(path) for path in prepared.files if path.endswith(".qcow2"))
    write_pattern(image, 4, 256 * KIB)
    (result,) = session.pruning.prune(session.pruning.plan_prune("tiny"), lambda _: None)
    assert (result.fold.versions, result.error) == ((2,), None)
    assert str(session.staging.commit("tiny")) == "tiny@v4"
    newest = Path(session.templates()[0].disks[0].image)
    assert below(newest) == ["tiny.v3.vda.qcow2", "sample.qcow2"]
    assert [read_back(newest, 64 * KIB * pattern) for pattern in (2, 3, 4)] == [2, 3, 4]


_TWO_DISKS = """<domain type='qemu'><name>two</name><memory unit='MiB'>32</memory>
<os><type arch='x86_64' machine='pc'>hvm</type></os><devices>
<disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='{vda}'/><target dev='vda'/></disk>
<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='{vdb}'/><target dev='vdb'/></disk>
</devices></domain>"""


@pytest.mark.parametrize("copy", [False, True], ids=["referenced", "copied"])
def test_all_disks_of_a_version_go_together(session: Session, tmp_path: Path, copy: bool) -> None:
    bases = {"vda": image(tmp_path / "vda.qcow2", 0xA1), "vdb": image(tmp_path / "vdb.raw", 0xB1, "raw")}
    before = {path: digest(path) for path in bases.values()}
    (tmp_path / "two.xml").write_text(_TWO_DISKS.format(**bases))
    session.import_template(str(tmp_path / "two.xml"), "two", copy=copy)
    for number in (2, 3, 4):
        prepared = session.staging.prepare("two")
        for target in bases:
            (path,) = (Path(path) for path in prepared.files if path.endswith(f".{target}.qcow2"))
            write_pattern(path, number, 64 * KIB * number)
        session.staging.commit("two")

    plan = session.pruning.plan_prune("two")
    (planned,) = (each for each in plan.templates if each.template == "two")
    assert planned.versions == ((1, 2, 3) if copy else (2, 3)), planned
    assert [result.error for result in session.pruning.prune(plan, lambda _: None)] == [None]
    (two,) = (template for template in session.templates() if template.name == "two")
    assert [version.number for version in two.history] == ([4] if copy else [1, 4])
    for disk, first in zip(two.disks, (0xA1, 0xB1), strict=True):
        path = Path(disk.image)
        assert below(path) == ([] if copy else [bases[disk.target].name])
        assert read_back(path) == first
        assert [read_back(path, 64 * KIB * number) for number in (2, 3, 4)] == [2, 3, 4]
        assert digest(path) == disk.digest
    assert {path: digest(path) for path in bases.values()} == before
    left = {Path(path).name for path in two.owned_files}
    assert {path.name for path in Path(session.storage).iterdir()} == left
