"""Which names, trees, machines and disks checkpoints can have."""

import re
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from qq2clone_tui.domain.checkpoint import Checkpoint, ambiguous, check_note, fault_of, unroll
from qq2clone_tui.domain.checkpoint_rules import left_out, own_disks, why_not_delete, why_not_make, why_not_revert
from qq2clone_tui.domain.checkpoint_xml import checkpoint_xml, read_checkpoint
from qq2clone_tui.domain.clone import CloneStatus
from qq2clone_tui.domain.describe_xml import DiskDevice
from qq2clone_tui.domain.errors import BadArgument, BadXml
from qq2clone_tui.domain.inventory import Machine
from qq2clone_tui.domain.states import DomainState

MACHINE = Machine("u", "web", 1, 1, "web-1", DomainState.OFF, files=("/i/web-1.vda.qcow2",))
DISK = DiskDevice("vda", "disk", "file", "/i/web-1.vda.qcow2", "qcow2")
NAMES = st.text(st.sampled_from("ab1 /.-_<\x1b\n"), max_size=5)


@given(st.one_of(NAMES, st.from_regex(re.compile(r"[0-9]{1,12}"), fullmatch=True), st.text(max_size=80)))
@example("1")
@example("²")
@example("a" * 60)
@example("a" * 61)
@example("a..b")
def test_a_name_that_is_taken_is_safe_in_a_file_name_a_shell_and_for_qemu(name: str) -> None:
    if not fault_of(name):
        assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,59}", name)
        assert ".." not in name
        assert not ambiguous(name)


@given(st.integers(0, 999_999), st.integers(0, 4))
def test_whatever_qemu_could_have_numbered_is_ambiguous(number: int, zeros: int) -> None:
    assert ambiguous("0" * zeros + str(number))
    assert not ambiguous(f"x{number}")


def test_what_virsh_makes_up_is_not_ambiguous() -> None:
    assert not ambiguous("1795251747")


@given(
    st.lists(
        st.builds(
            Checkpoint, name=NAMES, created_at=st.floats(0, 3), parent=NAMES, description=st.just(""),
            state=st.just(DomainState.OFF),
        ),
        unique_by=lambda each: each.name, max_size=12,
    )
)  # fmt: skip
def test_a_tree_holds_each_checkpoint_once_and_children_stand_below_their_parents(kept: list[Checkpoint]) -> None:
    rows = unroll(kept)
    assert sorted(each.name for _, each in rows) == sorted(each.name for each in kept)
    depths = {each.name: depth for depth, each in rows}
    places = {each.name: place for place, (_, each) in enumerate(rows)}
    for depth, each in rows:
        if depth:
            assert depth == depths[each.parent] + 1
            assert places[each.parent] < places[each.name]


def test_brothers_stand_in_the_order_they_were_made() -> None:
    first = Checkpoint("first", 1)
    kept = [Checkpoint("late", 3, parent="first"), Checkpoint("early", 2, parent="first"), first]
    assert [(depth, each.name) for depth, each in unroll(kept)] == [(0, "first"), (1, "early"), (1, "late")]


def test_what_is_its_own_ancestor_is_shown_nevertheless() -> None:
    kept = [Checkpoint("a", parent="b"), Checkpoint("b", parent="a")]
    assert [each.name for _, each in unroll(kept)] == ["a", "b"]


@given(
    NAMES.filter(str.isprintable), st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Co", "Cn"]))
)
def test_name_and_note_are_text_in_the_xml_and_come_back_as_they_were(name: str, note: str) -> None:
    found = read_checkpoint(checkpoint_xml(name, note, ["vda"]), current=False)
    assert (found.name, found.description) == (name, note)


@pytest.mark.parametrize("note", ["a\nb", "\x1b[2J", "x" * 401, "\u202e"])
def test_a_note_is_one_line_that_can_be_shown(note: str) -> None:
    with pytest.raises(BadArgument):
        check_note(note)


@pytest.mark.parametrize(
    "xml",
    [
        "", "<domain/>", "<domainsnapshot>", "x" * (5 << 20),
        "<!DOCTYPE d [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><domain>&e;</domain>",
    ],
    ids=["nothing", "a domain", "cut short", "too large", "entities"],
)  # fmt: skip
def test_what_is_no_snapshot_is_refused(xml: str) -> None:
    with pytest.raises(BadXml):
        read_checkpoint(xml, current=False)


def test_no_entity_of_a_snapshot_is_followed() -> None:
    xml = "<!DOCTYPE d [<!ENTITY e SYSTEM 'file:///etc/hostname'>]><domainsnapshot><name>a&e;</name></domainsnapshot>"
    assert read_checkpoint(xml, current=False).name == "a"


SNAPSHOT = """<domainsnapshot><name>n</name><state>{state}</state><creationTime>12</creationTime>
<parent><name>p</name></parent><memory snapshot='{memory}'/>
<disks><disk name='vda' snapshot='{kind}'/><disk name='vdb' snapshot='no'/></disks>
<domain><devices><disk type='file'><source file='/i/a'/><target dev='vda'/></disk></devices></domain>
</domainsnapshot>"""


def test_a_snapshot_says_whether_it_has_memory_and_in_which_files_it_is() -> None:
    live = read_checkpoint(SNAPSHOT.format(state="running", memory="internal", kind="internal"), current=True)
    assert live == Checkpoint(
        "n", 12.0, with_memory=True, current=True, parent="p", state=DomainState.RUNNING, files=("/i/a",)
    )
    off = read_checkpoint(SNAPSHOT.format(state="shutoff", memory="no", kind="internal"), current=False)
    assert (off.with_memory, off.state, off.external) == (False, DomainState.OFF, False)
    assert read_checkpoint(SNAPSHOT.format(state="disk-snapshot", memory="no", kind="external"), current=False).external


@pytest.mark.parametrize(
    ("machine", "why"),
    [
        (replace(MACHINE, number=0), "staging"),
        (replace(MACHINE, status=CloneStatus.MAKING), "being made"),
        (replace(MACHINE, status=CloneStatus.REMOVING), "being removed"),
        (replace(MACHINE, state=DomainState.MISSING), "not known"),
        (replace(MACHINE, state=DomainState.SAVED), "is saved"),
    ],
)
def test_unfit_machines_are_refused_whatever_is_wanted(machine: Machine, why: str) -> None:
    kept = Checkpoint("base", files=machine.files)
    assert why in why_not_make(machine)
    assert why in why_not_revert(machine, kept, "base")
    assert why in why_not_delete(machine, kept, "base")


def test_a_machine_that_begins_afresh_at_every_start_is_not_kept() -> None:
    assert "afresh" in why_not_make(replace(MACHINE, ephemeral=True))


@pytest.mark.parametrize("state", [DomainState.CRASHED, DomainState.PMSUSPENDED, DomainState.IN_SHUTDOWN])
def test_a_machine_in_between_is_not_kept_but_may_go_back(state: DomainState) -> None:
    machine = replace(MACHINE, state=state)
    assert state.value in why_not_make(machine)
    assert why_not_revert(machine, Checkpoint("base"), "base") == ""


def test_what_is_kept_in_a_file_of_somebody_else_is_not_touched() -> None:
    foreign = Checkpoint("base", files=(*MACHINE.files, "/i/shared.qcow2"))
    assert "/i/shared.qcow2" in why_not_revert(MACHINE, foreign, "base")
    assert "/i/shared.qcow2" in why_not_delete(MACHINE, foreign, "base")
    assert "another program" in why_not_delete(MACHINE, Checkpoint("base", external=True), "base")


def test_every_disk_that_is_written_to_takes_part() -> None:
    second = replace(DISK, target="vdb", source="/i/web-1.vdb.qcow2")
    cdrom = DiskDevice("sda", "cdrom", "file", "/iso", "raw", readonly=True)
    empty = DiskDevice("fda", "floppy", "file", "", "")
    files = (DISK.source, second.source)
    assert own_disks((DISK, second, cdrom, empty), files) == ((DISK, second), "")


def test_what_only_memory_holds_is_left_out_of_the_state_of_a_machine_that_is_off() -> None:
    tpm = "<domain><devices><tpm model='tpm-crb'><backend type='emulator' version='2.0'/></tpm></devices></domain>"
    assert left_out(tpm, by_hand=False, active=True) == ()
    assert left_out(tpm, by_hand=False, active=False) == ("TPM",)
    assert left_out(tpm, by_hand=True, active=False) == ("UEFI variables", "TPM")
    assert left_out("<domain/>", by_hand=False, active=False) == ()


@pytest.mark.parametrize(
    ("disk", "why"),
    [
        (replace(DISK, format="raw"), "format raw"),
        (replace(DISK, format=""), "format unknown"),
        (replace(DISK, source="/i/other.qcow2"), "not its own"),
        (replace(DISK, source_type="block", source="/dev/sdx"), "not its own"),
        (replace(DISK, source_type="network", source="nbd:x"), "not its own"),
        (replace(DISK, device="floppy", format="raw"), "format raw"),
        (replace(DISK, readonly=True), "no disk"),
    ],
)
def test_a_disk_that_cannot_keep_a_state_is_named(disk: DiskDevice, why: str) -> None:
    assert why in own_disks((disk,), MACHINE.files)[1]
