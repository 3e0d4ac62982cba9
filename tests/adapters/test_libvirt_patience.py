"""A start that failed for a passing reason is tried again, and no other."""

import pytest

from qq2clone_tui.adapters.libvirt import patience
from qq2clone_tui.adapters.libvirt.binding import libvirt

VNC = "-vnc 127.0.0.1:17,audiodev=audio1: Failed to find an available port: Address already in use."
SPICE = "reds.cpp:2585:reds_init_socket: binding socket to 127.0.0.1:5913 failed."


class Fault(libvirt.libvirtError):  # type: ignore[misc]
    """libvirt's error with words of our own; its constructor would take those of the last one in this process."""

    def __init__(self, words: str) -> None:
        Exception.__init__(self, words)
        self.err = None


class Machine:
    """Fails with some words, then starts; whoever comes to power late may still cut it off."""

    def __init__(self, *words: str, cut_off: int = 0) -> None:
        self.words, self.cut_off, self.starts = list(words), cut_off, 0

    def start(self) -> None:
        self.starts += 1
        if self.words:
            raise Fault(self.words.pop(0))

    def active(self) -> bool:
        self.cut_off -= 1
        return self.cut_off < 0


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "_PAUSES_SECONDS", (0.0,) * 4)


@pytest.mark.parametrize("words", [VNC, SPICE], ids=["vnc", "spice"])
def test_a_console_port_that_was_taken_is_chosen_anew(words: str) -> None:
    machine = Machine(words, words)
    patience.start_patiently(machine.start, machine.active)
    assert machine.starts == 3


def test_a_machine_that_was_cut_off_in_the_first_ones_place_is_started_again() -> None:
    machine = Machine(VNC, cut_off=1)
    patience.start_patiently(machine.start, machine.active)
    assert machine.starts == 3


def test_a_lasting_reason_is_told_at_once() -> None:
    machine = Machine("Cannot access storage file", VNC)
    with pytest.raises(libvirt.libvirtError, match="storage file"):
        patience.start_patiently(machine.start, machine.active)
    assert machine.starts == 1


def test_a_passing_reason_that_stays_is_told_in_the_end() -> None:
    machine = Machine(*[SPICE] * 9)
    with pytest.raises(libvirt.libvirtError, match="binding socket"):
        patience.start_patiently(machine.start, machine.active)
    assert machine.starts == 5
