"""The shell lines shown for a step do what the step does, and can be pasted safely."""

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qq2clone_tui.domain.disk import ImageKind, ImageSpec
from qq2clone_tui.domain.equivalent import lines
from qq2clone_tui.domain.plan import Action

URI = "qemu:///system"


def test_a_clone_is_defined_then_given_its_images_then_started() -> None:
    images = (
        ImageSpec("/p/tiny-1.vda.qcow2", ImageKind.OVERLAY, "/i/tiny.img", "raw", 1024),
        ImageSpec("/p/tiny-1.vdb.qcow2", ImageKind.BLANK, size=2048),
        ImageSpec("/p/tiny-1.vdc.qcow2", ImageKind.COPY, "/i/data.qcow2", "qcow2", 1024),
        ImageSpec("/p/tiny-1_VARS.fd", ImageKind.FILE, "/n/tiny_VARS.fd"),
    )
    assert lines(Action.CLONE, URI, "tiny-1", images, start=True) == (
        "virsh -c qemu:///system define tiny-1.xml",
        "qemu-img create -f qcow2 -F raw -b /i/tiny.img /p/tiny-1.vda.qcow2 1024",
        "qemu-img create -f qcow2 /p/tiny-1.vdb.qcow2 2048",
        "qemu-img convert -f qcow2 -O qcow2 /i/data.qcow2 /p/tiny-1.vdc.qcow2",
        "cp -- /n/tiny_VARS.fd /p/tiny-1_VARS.fd",
        "virsh -c qemu:///system start tiny-1",
    )


def test_a_clone_that_is_not_started_has_no_start_line() -> None:
    assert lines(Action.CLONE, URI, "tiny-1") == ("virsh -c qemu:///system define tiny-1.xml",)


@pytest.mark.parametrize("action", [Action.START, Action.SHUTDOWN, Action.DESTROY, Action.SUSPEND, Action.RESUME])
def test_a_power_verb_is_one_line_of_virsh(action: Action) -> None:
    assert lines(action, URI, "tiny-1") == (f"virsh -c qemu:///system {action.value} tiny-1",)


def test_a_removal_undefines_before_it_deletes_and_forces_off_first_when_running() -> None:
    undefine = (
        "virsh -c qemu:///system undefine"
        " --managed-save --snapshots-metadata --checkpoints-metadata --keep-nvram tiny-1"
    )
    assert lines(Action.REMOVE, URI, "tiny-1", removes=("/p/a b", "/p/c")) == (undefine, "rm -- '/p/a b' /p/c")
    assert lines(Action.REMOVE, URI, "tiny-1", running=True) == ("virsh -c qemu:///system destroy tiny-1", undefine)


def test_a_uri_with_a_question_mark_is_quoted() -> None:
    (line,) = lines(Action.START, "qemu:///embed?root=/x", "tiny-1")
    assert line == "virsh -c 'qemu:///embed?root=/x' start tiny-1"


def test_control_characters_stay_on_one_line_and_off_the_terminal() -> None:
    (_, line) = lines(Action.REMOVE, URI, "tiny-1", removes=("/p/a\nrm -rf '\x1b[31m",))
    assert line == r"rm -- $'/p/a\x0arm -rf \'\x1b[31m'"


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), st.text(min_size=1, max_size=20))
def test_any_path_and_name_is_one_printable_line_and_one_word_a_piece(path: str, name: str) -> None:
    for line in lines(Action.REMOVE, URI, name, removes=(path,), running=True):
        assert line.isprintable()
    if path.isprintable():
        assert shlex.split(lines(Action.REMOVE, URI, "x", removes=(path,))[-1]) == ["rm", "--", path]
