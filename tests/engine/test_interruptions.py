"""An import or a job that ends early leaves nothing behind and nobody waiting."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from qq2clone_tui.adapters.memory.sample import SampleFleet
from qq2clone_tui.domain.disk import ImageFacts, ImageSpec
from qq2clone_tui.domain.errors import AccessError
from qq2clone_tui.domain.plan import Action, Plan, Step
from qq2clone_tui.engine.jobs.jobs import Jobs
from qq2clone_tui.engine.session import Session

DISK = "<disk type='file' device='disk'><driver type='qcow2'/><source file='/srv/{0}.qcow2'/><target dev='{0}'/></disk>"
UUID = "11111111-2222-4333-8444-555555555555"
XML = f"<domain type='qemu'><name>two</name><uuid>{UUID}</uuid><devices>{{}}</devices></domain>"


@pytest.fixture
def two(fleet: SampleFleet) -> Iterator[str]:
    """Give a machine with two disks, and see that its images survive."""
    paths = [f"/srv/{target}.qcow2" for target in ("vda", "vdb")]
    fleet.images.facts.update({path: ImageFacts(path, "qcow2", 1 << 30) for path in paths})
    fleet.hypervisor.define(XML.format("".join(DISK.format(target) for target in ("vda", "vdb"))))
    yield "two"
    assert set(paths) <= set(fleet.images.facts)


def test_ctrl_c_in_the_middle_of_a_copy_takes_back_the_disks_copied_before(
    session: Session, fleet: SampleFleet, two: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = set(fleet.images.facts)
    create = fleet.images.create

    def interrupted(spec: ImageSpec) -> None:
        if "vdb" in spec.path:
            raise KeyboardInterrupt
        create(spec)

    monkeypatch.setattr(fleet.images, "create", interrupted)
    with pytest.raises(KeyboardInterrupt):
        session.import_template(two, copy=True)
    assert set(fleet.images.facts) == before
    assert [template.name for template in session.templates()] == ["web"]


def test_a_file_in_the_way_of_a_copy_is_passed_over_and_never_deleted(
    session: Session, fleet: SampleFleet, two: str
) -> None:
    in_the_way = f"{session.storage}/two.vda.base.qcow2"
    fleet.images.facts[in_the_way] = replace(fleet.images.facts["/srv/vda.qcow2"], path=in_the_way)
    report = session.import_template(two, copy=True)
    assert [disk.image.rpartition("/")[2] for disk in report.template.disks] == [
        "two.vda.base-2.qcow2",
        "two.vdb.base.qcow2",
    ]
    session.delete_template(two)
    assert [path for path in fleet.images.facts if ".base" in path] == [in_the_way]


def test_a_job_whose_numbers_cannot_be_given_back_still_ends() -> None:
    def locked(_: Plan) -> None:
        raise AccessError("cannot use the catalogue", why="database is locked")

    jobs = Jobs(lambda _: lambda _: jobs.cancel(1), lambda plan: plan, locked, 1, lambda: None)
    steps = tuple(Step(Action.CLONE, str(number), f"web-{number}") for number in range(2))
    assert jobs.run(Plan(Action.CLONE, steps, template="web")).finished
    assert (jobs.active, jobs.history[0].finished) == (0, True)
