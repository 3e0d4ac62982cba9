"""Declare what a hypervisor offers beside the life of its machines, one Protocol for each side of it.

As with every port, methods may block, may be called from several threads at once, and raise only
errors of ``domain.errors``.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

from qq2clone_tui.domain.checkpoint import Checkpoint
from qq2clone_tui.domain.host_figures import HostSample
from qq2clone_tui.domain.inventory import DomainSummary
from qq2clone_tui.domain.screenshot import Screenshot

from .address_sources import AddressSources
from .guests import Guests
from .terminal import SerialPorts
from .viewers import Graphics

__all__ = ["Census", "Checkpoints", "Definitions", "Displays", "Facets", "HostUse", "SavedStates", "Wiping"]


class Census(Protocol):
    """The XML of machines, to find out what they use; without secrets."""

    def all(self) -> Mapping[str, tuple[DomainSummary, tuple[str, ...]]]:
        """Return every domain with its inactive XML and, while it is active, its live XML, by UUID."""

    def one(self, uuid: str) -> tuple[DomainSummary, tuple[str, ...]] | None:
        """Return the same of one domain, or None when there is none with this UUID."""


class Checkpoints(Protocol):
    """States of machines that they can be brought back to, kept inside their own disks."""

    def of(self, uuid: str) -> Sequence[Checkpoint]:
        """Return the checkpoints of a machine, whoever made them, in no order."""

    def holders(self) -> frozenset[str]:
        """Return the UUIDs of the machines that have any, in one call."""

    def obstacle(self, xml: str) -> str:
        """Return why this hypervisor cannot keep a state of a machine, as a clause; empty when it can.

        Args:
            xml: the machine's inactive XML.
        """

    def make(self, uuid: str, name: str, note: str, disks: Sequence[str]) -> None:
        """Keep the state of a machine's disks and, while it is active, of its memory.

        Args:
            disks: target names of all disks that it can write to; each is a qcow2 file of its own.

        Raises:
            HypervisorError: there is one of that name, or it could not be made; then nothing of it is left.
        """

    def adopt(self, uuid: str, name: str, note: str, disks: Sequence[str]) -> None:
        """Take over a state that the disks of a machine which is off hold already, as the one made last."""

    def revert(self, uuid: str, name: str) -> None:
        """Bring a machine back to a state, as running or off as it was; what it is now is lost.

        Raises:
            BadArgument: it has no such checkpoint.
        """

    def delete(self, uuid: str, name: str) -> None:
        """Forget a state; those made after it stay.

        Raises:
            BadArgument: it has no such checkpoint.
        """

    def forget(self, uuid: str) -> None:
        """Forget all states of a machine, and leave its disks alone: those that held them are gone."""


class Definitions(Protocol):
    """What machines are called, and what they are made of."""

    def redefine(self, xml: str) -> None:
        """Give a machine other XML, checked against libvirt's schema and by its driver first.

        Raises:
            BadXml: libvirt does not take it.
        """

    def check(self, xml: str) -> None:
        """Raise BadXml unless libvirt would take the XML; no machine is changed."""

    def rename(self, uuid: str, name: str) -> None:
        """Give a machine that is off another name."""

    def mark(self, uuid: str, mark: str) -> None:
        """Replace our mark in a machine's metadata, also while it runs."""

    def persist(self) -> None:
        """Wait until the host has on its disk which machines are defined, and how, as far as that can be brought about.

        Asked before anything is deleted or recorded that would be wrong if a power failure undid a definition.

        Raises:
            AccessError: the system could not bring it there.
        """


class Displays(Protocol):
    """The screens of running machines."""

    def screenshot(self, uuid: str, screen: int = 0) -> Screenshot:
        """Return what a screen of a machine shows now; PNG or PPM, of a bounded size.

        Raises:
            HypervisorError: the machine is off, or has no such screen.
        """


class HostUse(Protocol):
    """What the hypervisor's host has to do."""

    def sample(self) -> HostSample:
        """Return the host's counters now, in a fixed number of calls."""


class SavedStates(Protocol):
    """The memory of machines, put aside and back."""

    def save_to(self, uuid: str, path: str) -> None:
        """Put the memory of an active machine into a new file, which turns the machine off."""

    def restore(self, path: str) -> None:
        """Start a machine where it stopped; the file stays."""

    def managed_bytes(self, names: Sequence[str]) -> Mapping[str, int]:
        """Return the bytes of the states that libvirt keeps itself, by machine name, as far as that can be told."""


class Wiping(Protocol):
    """Overwriting of volumes by the hypervisor's host."""

    def possible(self) -> bool:
        """Tell whether this hypervisor has storage pools, and so a way to wipe."""

    def check(self, path: str, bases: Sequence[str]) -> None:
        """Refuse a file that must not be wiped: a link, one with other names, or one of the bases by another name.

        Args:
            path: absolute, on the hypervisor's host.
            bases: paths of the images of templates.

        Raises:
            WrongFileKind: it must not.
        """

    def wipe(self, path: str, algorithm: str) -> None:
        """Overwrite the file at an absolute path of the host; a missing one is no error."""


class Facets(Protocol):
    """The sides of a hypervisor, each reached through a property of its own."""

    @property
    def addresses(self) -> AddressSources:
        """What is known of the addresses of its machines."""

    @property
    def census(self) -> Census:
        """The XML of its machines, read in bulk."""

    @property
    def checkpoints(self) -> Checkpoints:
        """The states that its machines can be brought back to."""

    @property
    def definitions(self) -> Definitions:
        """What its machines are called and made of."""

    @property
    def displays(self) -> Displays:
        """The screens of its machines."""

    @property
    def guests(self) -> Guests:
        """The insides of its machines."""

    @property
    def host_use(self) -> HostUse:
        """What its host has to do."""

    @property
    def saves(self) -> SavedStates:
        """The memory of its machines, put aside."""

    @property
    def wiping(self) -> Wiping:
        """Overwriting of volumes."""

    @property
    def serial_ports(self) -> SerialPorts:
        """The serial consoles of its machines."""

    @property
    def graphics(self) -> Graphics:
        """The graphical consoles of its machines."""
