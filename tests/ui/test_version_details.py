"""What is shown of a version close up: date, drift, note, space, images with digest and chain, who stands on it."""

from dataclasses import replace

from qq2clone_tui.domain.disk import DiskPolicy, ImageFacts
from qq2clone_tui.domain.inventory import VersionSummary
from qq2clone_tui.domain.template import StateFile, TemplateDisk, Version
from qq2clone_tui.engine.versions.details import VersionDetails
from qq2clone_tui.ui.presenters.figures import amount
from qq2clone_tui.ui.presenters.version_details import version_lines

from .driving import driving

NOW = 1_700_000_000.0
BASE = "/srv/debian.qcow2"
TOP = "/pool/debian.v2.vda.qcow2"
SUMMARY = VersionSummary(2, 40, 512 << 20, "openssl 3.0.11", NOW - 3 * 86_400)
DISK = TemplateDisk("vda", TOP, "qcow2", 10 << 30, owned=True, digest="ab" * 32)
VERSION = Version(2, (DISK,), {"firmware variables": "/pool/debian.v2.nvram"}, NOW - 3 * 86_400, "openssl 3.0.11")
CHAIN = (ImageFacts(TOP, "qcow2", 10 << 30, 512 << 20, BASE), ImageFacts(BASE, "qcow2", 10 << 30, 2 << 30))
DETAILS = VersionDetails("debian", VERSION, {"vda": CHAIN}, {"/pool/debian.v2.nvram": 128 << 10})


def shown(summary: VersionSummary = SUMMARY, details: VersionDetails | str | None = DETAILS) -> str:
    lines = version_lines(summary, details, NOW, 70)
    return "\n".join("".join(cell.text for cell in entry.cells) for entry in lines)


def test_a_version_is_shown_with_date_clones_note_and_space() -> None:
    text = shown()
    for wanted in ("v2   made 2023-11-11 (3d ago)", "40 clones", "openssl 3.0.11", "512M of its own"):
        assert wanted in text


def test_each_disk_is_shown_with_its_image_its_chain_and_its_digest() -> None:
    text = shown()
    for wanted in ("vda", "512M of 10G", "debian.v2.vda.qcow2 ← debian.qcow2", "sha256 abababababababab…"):
        assert wanted in text
    assert "not ours" not in text


def test_an_image_that_is_not_ours_and_has_no_digest_says_so() -> None:
    foreign = VersionDetails("debian", Version(1, (TemplateDisk("vda", BASE, "raw", 10 << 30),)))
    text = shown(VersionSummary(1, 0), foreign)
    assert "debian.qcow2  not ours" in text
    assert "raw  no digest yet" in text


def test_firmware_that_belongs_to_the_version_is_named() -> None:
    assert "firmware variables  debian.v2.nvram  128K" in shown()


def test_firmware_of_another_machine_is_watched_and_said_to_be_its() -> None:
    states = (StateFile("firmware variables", "/var/golden_VARS.fd", digest="cd" * 32),)
    version = replace(VERSION, firmware={}, states=states)
    text = shown(details=replace(DETAILS, version=version, sizes={"/var/golden_VARS.fd": 128 << 10}))
    assert "firmware variables  golden_VARS.fd  128K  not ours  sha256 cdcdcdcdcdcdcdcd…" in text


def test_drift_of_firmware_is_told_by_its_mere_name() -> None:
    text = shown(VersionSummary(2, 40, drift=("/pool/debian.v2.nvram is missing",)))
    assert text.splitlines()[1] == " ! debian.v2.nvram is missing"


def test_drift_stands_on_top_and_says_what_it_prevents() -> None:
    text = shown(VersionSummary(2, 40, drift=("/pool/debian.v2.vda.qcow2 was written to",)))
    first, second, third, *_ = text.splitlines()
    assert "v2" in first
    assert second == " ! debian.v2.vda.qcow2 was written to"
    assert "no clones of it until A acknowledges that" in third


def test_strangers_that_stand_on_it_are_named() -> None:
    users = tuple(f"the machine {number}" for number in range(6))
    text = shown(details=VersionDetails("debian", VERSION, users=users, own_bytes=1 << 20, below_bytes=1 << 30))
    assert "by the machine 0, the machine 1, the machine 2 and 3 more" in text
    assert "1.0M of its own, over 1.0G that others share" in text


def test_what_clones_take_and_may_still_take_is_told() -> None:
    lines = version_lines(SUMMARY, DETAILS, NOW, 70, written=12 << 30)
    assert " clones 12G, 388G more when full" in ["".join(cell.text for cell in entry.cells) for entry in lines]
    assert "when full" not in shown(VersionSummary(2, 0))


def test_a_disk_that_clones_share_promises_nothing() -> None:
    shared = replace(DISK, target="vdb", policy=DiskPolicy.SHARE)
    details = replace(DETAILS, version=replace(VERSION, disks=(DISK, shared)))
    assert "400G more when full" in shown(details=details)


async def test_the_pane_of_a_version_tells_what_its_clones_have_written() -> None:
    async with driving(size=(120, 40)) as user:
        await user.press("shift+tab", "j", "j")
        await user.sees("more when full")
        machines = [m for m in user.app.desk.inventory.machines.values() if m.template == "alpine"]
        written = sum(user.fleet.images.facts[machine.files[0]].actual_size for machine in machines)
        assert f" clones {amount(written)}, {amount(6 * (10 << 30) - written)} more when full" in user.text("#live")


def test_what_is_not_known_yet_or_cannot_be_read_is_said() -> None:
    assert "reading…" in shown(details=None)
    assert "! cannot read the image: gone" in shown(details="cannot read the image: gone")


def test_hostile_notes_and_names_stay_text() -> None:
    hostile = "[b]\x1b[31m\n"
    version = Version(2, (TemplateDisk("v\x1bda", f"/srv/{hostile}", "qcow2", 1),), {hostile: "/x\x1b"}, NOW, hostile)
    lines = version_lines(
        VersionSummary(2, 1, note=hostile, drift=(hostile,)),
        VersionDetails("debian", version, users=(hostile,)),
        NOW,
        40,
    )
    assert all(cell.text.isprintable() for entry in lines for cell in entry.cells)
