"""Choose what makes each new clone unique: number, name, UUID and MAC addresses."""

import itertools
import secrets
import uuid as uuid_module
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass, field

from qq2clone_tui.domain.clone import CloneIdentity, CloneRecord, CloneStatus
from qq2clone_tui.domain.describe_xml import describe
from qq2clone_tui.domain.errors import DomainNotFound
from qq2clone_tui.domain.identity_xml import Compiler
from qq2clone_tui.domain.names import clone_name
from qq2clone_tui.engine.ports.catalogue import Catalogue
from qq2clone_tui.engine.ports.hypervisor import Hypervisor

__all__ = ["Request", "preview", "taken_on_host"]


@dataclass(frozen=True)
class Request:
    """Ask the catalogue for new clones of one template; implements ``ports.ReserveRequest``.

    Args:
        template, version: what the clones are made from.
        count: how many.
        compiler: knows the template's interfaces and files.
        place: absolute directory for the new files.
        occupied: tells whether any of some paths exists already; such a number is passed over, so
            that undoing a reservation can never delete somebody else's file.
        host_names, host_uuids, host_macs: what exists on the hypervisor already.
        ephemeral: they begin afresh at every start.
    """

    template: str
    version: int
    count: int
    compiler: Compiler
    place: str
    occupied: Callable[[Sequence[str]], bool]
    host_names: frozenset[str] = field(default_factory=frozenset)
    host_uuids: frozenset[str] = field(default_factory=frozenset)
    host_macs: frozenset[str] = field(default_factory=frozenset)
    ephemeral: bool = False

    @property
    def numbers(self) -> Iterable[int]:
        """All numbers from 1."""
        return itertools.count(1)

    def name(self, number: int) -> str:
        """Return the name of the machine with a number."""
        return clone_name(self.template, number)

    def identity(self, number: int, taken_uuids: set[str], taken_macs: set[str]) -> CloneIdentity | None:
        """Return a fresh identity for ``number``, or None when its name is taken on the host."""
        name = self.name(number)
        if name in self.host_names:
            return None
        macs: list[str] = []
        for prefix in self.compiler.mac_prefixes:
            macs.append(_fresh_mac(prefix, self.host_macs, taken_macs, macs))
        fresh = _fresh_uuid(self.host_uuids, taken_uuids)
        identity = CloneIdentity(self.template, self.version, number, name, fresh, tuple(macs))
        return None if self.occupied(self.files(identity)) else identity

    def files(self, identity: CloneIdentity) -> Sequence[str]:
        """Return the absolute paths the clone will own: images, and what QEMU itself will make for it."""
        images = [spec.path for spec in self.compiler.files(identity, self.place)]
        return list(dict.fromkeys([*images, *self.compiler.runtime_files(identity, self.place)]))


def _fresh_uuid(*taken: Container[str]) -> str:
    while True:
        candidate = str(uuid_module.uuid4())
        if not any(candidate in known for known in taken):
            return candidate


def _fresh_mac(prefix: str, *taken: Container[str]) -> str:
    while True:
        candidate = ":".join((prefix, *(f"{byte:02x}" for byte in secrets.token_bytes(3))))
        if not any(candidate in known for known in taken):
            return candidate


def taken_on_host(
    hypervisor: Hypervisor, ours: frozenset[str]
) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Return the names, UUIDs and MAC addresses in use on the host.

    Only domains that are not in ``ours`` are read in full: the catalogue knows the MACs of the rest.
    """
    domains = hypervisor.list_domains()
    macs: set[str] = set()
    for domain in domains:
        if domain.uuid in ours:
            continue
        try:
            description = describe(hypervisor.inactive_xml(domain.uuid))
        except DomainNotFound:
            continue  # it went away between the two calls, and its addresses with it
        macs.update(interface.mac.lower() for interface in description.interfaces)
    return frozenset(d.name for d in domains), frozenset(d.uuid for d in domains), frozenset(macs)


def preview(catalogue: Catalogue, request: Request) -> list[CloneRecord]:
    """Return what a reservation would give now, without taking anything."""
    records = catalogue.clones()
    used = {record.identity.number for record in records if record.identity.template == request.template}
    uuids = {record.identity.uuid for record in records}
    macs = {mac for record in records for mac in record.identity.macs}
    found: list[CloneRecord] = []
    for number in request.numbers:
        if len(found) >= request.count:
            break
        identity = None if number in used else request.identity(number, uuids, macs)
        if identity is None:
            continue
        uuids.add(identity.uuid)
        macs.update(identity.macs)
        found.append(
            CloneRecord(identity, CloneStatus.MAKING, tuple(request.files(identity)), ephemeral=request.ephemeral)
        )
    return found
