"""Whole lives of templates and clones, typed line by line, and told apart by what is on their disks."""

import stat
from pathlib import Path

import pytest

from qq2clone_tui.adapters.sample.template import write_sample
from qq2clone_tui.domain.states import DomainState, PowerVerb
from tests.adapters.image_files import chain, digest
from tests.adapters.libvirt_worlds import eventually

from .disk_lab import MIB, DiskLab, booted, read_back, starts, write_pattern

OWN = 2 * MIB
"""Where clones write what is their own; the template's patterns are at the beginning."""

FOREIGN = pytest.mark.parametrize("options", ["", "--copy"], ids=["referenced", "copied"])


def seen(lab: DiskLab, *names: str) -> list[int]:
    """Return what machines have at the beginning of their first disk."""
    return [read_back(lab.disk(name)) for name in names]


def own(lab: DiskLab, *names: str) -> list[int]:
    """Return what machines have where they write what is their own."""
    return [read_back(lab.disk(name), OWN) for name in names]


@FOREIGN
def test_a_template_grows_and_every_clone_keeps_what_it_stood_on(lab: DiskLab, options: str) -> None:
    base = lab.simple(options=options)
    before = (digest(base), base.stat())
    lab.type("clone 2 -t web")
    for number in (1, 2):
        write_pattern(lab.disk(f"web-{number}"), 0xC0 + number, OWN)

    lab.commit("web", 0x22, note="the second")
    lab.type("clone 1 -t web")
    lab.type("clone 1 -t web@v1")
    assert seen(lab, "web-1", "web-2", "web-3", "web-4") == [0x11, 0x11, 0x22, 0x11]
    assert own(lab, "web-1", "web-2", "web-3") == [0xC1, 0xC2, 0]

    lab.type("upgrade 1 -t web --yes")
    lab.type("reset 2 -t web --yes")
    assert seen(lab, "web-1", "web-2") == [0x22, 0x11]
    assert own(lab, "web-1", "web-2") == [0, 0]

    lab.commit("web", 0x33)
    assert lab.listed("web")["version"] == 3
    lab.type("upgrade 4 -t web --to v2 --yes")
    lab.type("clone 1 -t web")
    assert seen(lab, *(f"web-{number}" for number in range(1, 6))) == [0x22, 0x11, 0x22, 0x22, 0x33]

    lab.type("delete-template web --yes", code=13)
    lab.type("rm all -t web --yes")
    lab.type("delete-template web --yes")
    assert lab.leftovers() == set()
    assert lab.names() == set()
    assert (digest(base), base.stat()) == before


@FOREIGN
def test_versions_are_sealed_and_private_files_stay_private(lab: DiskLab, options: str) -> None:
    base = lab.simple(options=options)
    mode = stat.S_IMODE(base.stat().st_mode)
    lab.commit("web", 0x22)
    lab.type("clone 1 -t web")
    lower = [Path(link["filename"]) for link in chain(lab.disk("web-1"))]
    assert len(lower) == 3
    assert stat.S_IMODE(lower[1].stat().st_mode) == 0o444
    if options:
        assert stat.S_IMODE(lower[2].stat().st_mode) == 0o444
    else:
        assert lower[2] == base
        assert stat.S_IMODE(base.stat().st_mode) == mode
    assert stat.S_IMODE(lower[0].stat().st_mode) == 0o600
    assert [link.get("backing-filename-format", "") for link in chain(lab.disk("web-1"))] == ["qcow2", "qcow2", ""]


def test_a_reset_or_upgraded_clone_is_still_the_same_machine(lab: DiskLab) -> None:
    lab.simple()
    lab.type("clone 1 -t web")
    who = lab.domain("web-1")
    mac = _mac(lab, "web-1")
    lab.type("tag 1 kept -t web")
    lab.type("reset 1 -t web --yes")
    assert (lab.domain("web-1").uuid, _mac(lab, "web-1")) == (who.uuid, mac)
    lab.commit("web", 0x22)
    lab.type("upgrade @kept -t web --yes")
    assert (lab.domain("web-1").uuid, _mac(lab, "web-1")) == (who.uuid, mac)
    assert seen(lab, "web-1") == [0x22]
    lab.commit("web", 0x33)
    lab.type("start 1 -t web")
    lab.type("upgrade 1 -t web --yes")
    assert lab.domain("web-1").state is DomainState.RUNNING
    lab.type("upgrade 1 -t web --yes", code=12)


def test_what_a_running_guest_wrote_is_gone_after_a_reset_that_leaves_it_running(lab: DiskLab) -> None:
    sample = write_sample(lab.home / "sample")
    lab.type(f"import-template {sample.xml} tiny")
    lab.type("clone 1 -t tiny -r")
    assert eventually(lambda: booted(lab.disk("tiny-1")))
    lab.type("destroy 1 -t tiny")
    assert starts(lab.disk("tiny-1")) == 1
    lab.type("start 1 -t tiny")
    lab.type("reset 1 -t tiny --yes")
    assert lab.domain("tiny-1").state is DomainState.RUNNING
    assert eventually(lambda: booted(lab.disk("tiny-1")))
    lab.type("destroy 1 -t tiny")
    assert starts(lab.disk("tiny-1")) == 1
    assert starts(sample.image) == 0


def test_what_a_guest_wrote_in_the_staging_machine_is_in_every_later_clone(lab: DiskLab) -> None:
    sample = write_sample(lab.home / "sample")
    lab.type(f"import-template {sample.xml} tiny")
    lab.type("modify-template tiny prepare-image --run")
    (staging,) = lab.names()
    assert lab.domain(staging).state is DomainState.RUNNING
    assert eventually(lambda: booted(lab.disk(staging)))
    refused = lab.type("modify-template tiny commit-image", code=12)
    assert "running" in refused.err
    lab.type("modify-template tiny destroy-image --yes")
    assert lab.domain(staging).state is DomainState.OFF
    lab.type("modify-template tiny commit-image")
    assert lab.names() == set()
    lab.type("clone 1 -t tiny")
    assert starts(lab.disk("tiny-1")) == 1
    assert starts(sample.image) == 0


def test_a_saved_staging_machine_is_not_committed(lab: DiskLab) -> None:
    sample = write_sample(lab.home / "sample")
    lab.type(f"import-template {sample.xml} tiny")
    lab.type("modify-template tiny prepare-image --run")
    (staging,) = lab.names()
    lab.power(PowerVerb.SAVE, staging)
    assert lab.domain(staging).state is DomainState.SAVED
    lab.type("modify-template tiny commit-image", code=12)
    assert lab.domain(staging).state is DomainState.SAVED
    lab.type("modify-template tiny discard-image --yes")
    assert lab.names() == set()
    assert lab.leftovers() == set()


def test_discarded_changes_leave_nothing_and_the_next_staging_begins_afresh(lab: DiskLab) -> None:
    lab.simple()
    staging = lab.prepare("web")
    write_pattern(lab.disk(staging), 0x77)
    lab.type("modify-template web discard-image --yes")
    assert lab.names() == set()
    assert lab.leftovers() == set()
    lab.type("modify-template web discard-image --yes", code=12)
    assert seen(lab, lab.prepare("web")) == [0x11]


def test_in_place_is_refused_while_anything_depends_and_says_what(lab: DiskLab) -> None:
    base = lab.simple(options="--copy")
    lab.type("clone 1 -t web")
    before = digest(base)
    write_pattern(lab.disk(lab.prepare("web")), 0x22)
    refused = lab.type("modify-template web commit-image --in-place --yes", code=12)
    assert "web-1" in refused.err
    assert seen(lab, "web-1") == [0x11]
    lab.type("rm 1 -t web --yes")
    lab.type("modify-template web commit-image --in-place --yes")
    assert lab.listed("web")["version"] == 1
    lab.type("clone 1 -t web")
    assert seen(lab, "web-1") == [0x22]
    assert digest(base) == before
    lower = chain(lab.disk("web-1"))
    assert len(lower) == 2
    assert stat.S_IMODE(Path(lower[1]["filename"]).stat().st_mode) == 0o444
    assert lab.names() == {"web-1"}


def test_a_referenced_image_is_never_written_in_place(lab: DiskLab) -> None:
    base = lab.simple()
    before = digest(base)
    write_pattern(lab.disk(lab.prepare("web")), 0x22)
    refused = lab.type("modify-template web commit-image --in-place --yes", code=12)
    assert str(base) in refused.err
    lab.type("modify-template web commit-image")
    write_pattern(lab.disk(lab.prepare("web")), 0x33)
    lab.type("modify-template web commit-image --in-place --yes")
    lab.type("clone 1 -t web")
    assert (seen(lab, "web-1"), digest(base)) == ([0x33], before)


def test_a_detached_clone_outlives_its_template(lab: DiskLab) -> None:
    base = lab.simple(options="--copy")
    lab.commit("web", 0x22)
    lab.type("clone 2 -t web")
    write_pattern(lab.disk("web-1"), 0xC1, OWN)
    uuid = lab.domain("web-1").uuid
    lab.type("detach 1 -t web --yes")
    assert lab.domain("web-1").uuid == uuid
    assert len(chain(lab.disk("web-1"))) == 1
    assert (seen(lab, "web-1"), own(lab, "web-1")) == ([0x22], [0xC1])
    lab.type("rm 2 -t web --yes")
    assert (seen(lab, "web-1"), own(lab, "web-1")) == ([0x22], [0xC1])
    lab.type("rm 1 -t web --yes")
    lab.type("delete-template web --yes")
    assert lab.leftovers() == set()
    assert base.exists()


@pytest.mark.parametrize("keep", ["", " --keep"])
def test_a_promoted_clone_becomes_a_template_that_keeps_what_it_wrote(lab: DiskLab, keep: str) -> None:
    lab.simple()
    lab.type("clone 2 -t web")
    write_pattern(lab.disk("web-1"), 0xC1, OWN)
    lab.type(f"promote 1 fresh -t web{keep} --yes")
    assert ("web-1" in lab.names()) is bool(keep)
    lab.type("clone 1 -t fresh")
    assert (seen(lab, "fresh-1"), own(lab, "fresh-1", "web-2")) == ([0x11], [0xC1, 0])
    lab.commit("fresh", 0x55)
    lab.type("clone 1 -t fresh")
    assert seen(lab, "fresh-1", "fresh-2", "web-2") == [0x11, 0x55, 0x11]
    lab.type("rm all -t web --yes")
    if not keep:
        refused = lab.type("delete-template web --yes", code=None)
        if refused.code == 0:
            assert (seen(lab, "fresh-1"), own(lab, "fresh-1")) == ([0x11], [0xC1])
    lab.type("rm all -t fresh --yes")
    lab.type("delete-template fresh --yes")
    if "web" in lab.type("list-templates").out:
        lab.type("delete-template web --yes")
    assert lab.leftovers() == set()
    assert lab.names() == set()


def test_an_ephemeral_clone_forgets_at_every_start(lab: DiskLab) -> None:
    sample = write_sample(lab.home / "sample")
    lab.type(f"import-template {sample.xml} tiny")
    lab.type("clone 2 --ephemeral -t tiny")
    for _ in range(2):
        lab.type("start 1 -t tiny")
        assert eventually(lambda: booted(lab.disk("tiny-1")))
        lab.type("destroy 1 -t tiny")
        assert starts(lab.disk("tiny-1")) == 1
    assert starts(lab.disk("tiny-2")) == 0


def test_a_template_with_versions_is_deleted_with_all_that_was_made_for_it(lab: DiskLab) -> None:
    base = lab.simple(options="--copy")
    for pattern in (0x22, 0x33, 0x44):
        lab.commit("web", pattern)
    assert len([name for name in lab.leftovers() if name.startswith("web")]) == 4
    lab.prepare("web")
    refused = lab.type("delete-template web --yes", code=None)
    if refused.code:
        lab.type("modify-template web discard-image --yes")
        lab.type("delete-template web --yes")
    assert lab.leftovers() == set()
    assert lab.names() == set()
    assert read_back(base) == 0x11


def _mac(lab: DiskLab, name: str) -> str:
    xml = lab.host.inactive_xml(lab.domain(name).uuid)
    return xml.partition("<mac address='")[2].partition("'")[0]
