"""Declare what a hypervisor can do, and who hears what happens on it."""

from collections.abc import Callable, Mapping
from typing import Protocol

from qq2clone_tui.domain.inventory import DomainSummary, HostFacts
from qq2clone_tui.domain.states import PowerVerb
from qq2clone_tui.domain.stats import Sample, StatGroup

from .facets import Facets

__all__ = ["HostListener", "Hypervisor"]


class HostListener(Protocol):
    """Hears what happens on the hypervisor; called from the event thread.

    Implementations only set flags: they make no call back into the hypervisor and never block.
    """

    def domain_changed(self, uuid: str) -> None:
        """One domain was defined, undefined or changed state."""

    def connection_lost(self, why: str) -> None:
        """The connection broke; the adapter is reopening it with back-off."""

    def connection_restored(self) -> None:
        """The connection is back and every event registered again: resynchronise all."""


class Hypervisor(Facets, Protocol):
    """One hypervisor. No libvirt object leaves the adapter: identity is the UUID text."""

    @property
    def uri(self) -> str:
        """The URI it was opened with."""

    def host(self) -> HostFacts:
        """Return the host's facts."""

    def list_domains(self) -> list[DomainSummary]:
        """Return every domain, ours and others', active or not."""

    def read_domain(self, uuid: str) -> DomainSummary | None:
        """Return one domain, or None when there is none with this UUID."""

    def inactive_xml(self, uuid: str) -> str:
        """Return the persistent XML with secrets (VIR_DOMAIN_XML_INACTIVE | SECURE)."""

    def live_xml(self, uuid: str) -> str:
        """Return the XML of the machine as it runs, without secrets."""

    def has_snapshots(self, uuid: str) -> bool:
        """Tell whether the domain has libvirt snapshots or checkpoints."""

    def volume_path(self, pool: str, volume: str) -> str | None:
        """Return the absolute path of a storage volume, or None when it cannot be found."""

    def define(self, xml: str) -> str:
        """Define a persistent domain and return its UUID."""

    def undefine(self, uuid: str) -> None:
        """Undefine a domain with its managed save and snapshot metadata, keeping NVRAM files."""

    def power(self, verb: PowerVerb, uuid: str) -> None:
        """Start, shut down, destroy, suspend or resume a domain."""

    def sample(self, groups: StatGroup) -> Mapping[str, Sample]:
        """Return the counters of all active domains in one bulk call that never waits."""

    def listen(self, listener: HostListener) -> Callable[[], None]:
        """Register for events; call the result to stop."""

    def close(self) -> None:
        """Let go of every connection and thread."""
