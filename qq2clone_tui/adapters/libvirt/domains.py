"""Read domains: their list in a few calls whatever their number, their state, one of them."""

from collections.abc import Iterator
from typing import Any

from qq2clone_tui.domain.errors import DomainNotFound
from qq2clone_tui.domain.inventory import DomainSummary
from qq2clone_tui.domain.states import DomainState

from .binding import libvirt
from .errors import UNSUPPORTED, code_of

__all__ = ["each", "find", "list_all", "snapshot_count", "state_of", "summarise"]

# virDomainState; "no state" and numbers from a newer libvirt are shown as a machine that is up.
_STATES = {
    libvirt.VIR_DOMAIN_NOSTATE: DomainState.IDLE,
    libvirt.VIR_DOMAIN_RUNNING: DomainState.RUNNING,
    libvirt.VIR_DOMAIN_BLOCKED: DomainState.IDLE,
    libvirt.VIR_DOMAIN_PAUSED: DomainState.PAUSED,
    libvirt.VIR_DOMAIN_SHUTDOWN: DomainState.IN_SHUTDOWN,
    libvirt.VIR_DOMAIN_SHUTOFF: DomainState.OFF,
    libvirt.VIR_DOMAIN_CRASHED: DomainState.CRASHED,
    libvirt.VIR_DOMAIN_PMSUSPENDED: DomainState.PMSUSPENDED,
}


def state_of(number: int, saved: bool) -> DomainState:
    """Return the state for a virDomainState.

    Args:
        number: the virDomainState.
        saved: the domain has a managed save image; it splits shut-off into saved and off.
    """
    state = _STATES.get(number, DomainState.RUNNING)
    return DomainState.SAVED if saved and state is DomainState.OFF else state


def list_all(connection: Any) -> list[DomainSummary]:
    """Return every domain in three calls (a call a domain costs 0.2 s for a thousand)."""
    return [summary for _, summary in each(connection)]


def each(connection: Any) -> Iterator[tuple[Any, DomainSummary]]:
    """Yield every ``virDomain`` with its summary, after three calls."""
    saved = _uuids(connection, libvirt.VIR_CONNECT_LIST_DOMAINS_MANAGEDSAVE)
    transient = _uuids(connection, libvirt.VIR_CONNECT_LIST_DOMAINS_TRANSIENT)
    for domain, number in _states(connection):
        uuid = domain.UUIDString()
        yield domain, DomainSummary(uuid, domain.name(), state_of(number, uuid in saved), uuid not in transient)


def find(connection: Any, uuid: str) -> Any:
    """Return the ``virDomain`` with this UUID.

    Raises:
        DomainNotFound: there is none.
        libvirtError: the call failed.
    """
    try:
        return connection.lookupByUUIDString(uuid)
    except libvirt.libvirtError as fault:
        if code_of(fault) not in (libvirt.VIR_ERR_NO_DOMAIN, libvirt.VIR_ERR_INVALID_ARG):
            raise
        raise DomainNotFound(
            "there is no such machine", subject=uuid, remedy="It was removed by another program; refresh the list."
        ) from fault


def summarise(domain: Any) -> DomainSummary:
    """Return the summary of one domain."""
    number = domain.state()[0]
    saved = number == libvirt.VIR_DOMAIN_SHUTOFF and domain.hasManagedSaveImage() == 1
    return DomainSummary(domain.UUIDString(), domain.name(), state_of(number, saved), domain.isPersistent() == 1)


def snapshot_count(domain: Any) -> int:
    """Return how many snapshots and checkpoints libvirt knows of a domain."""
    return _counted(lambda: domain.snapshotNum(0)) + _counted(lambda: len(domain.listAllCheckpoints(0)))


def _counted(count: Any) -> int:
    try:
        return int(count())
    except libvirt.libvirtError as fault:
        if code_of(fault) in UNSUPPORTED:
            return 0
        raise


def _uuids(connection: Any, flags: int) -> set[str]:
    return {domain.UUIDString() for domain in connection.listAllDomains(flags)}


def _states(connection: Any) -> list[tuple[Any, int]]:
    try:
        records = connection.getAllDomainStats(libvirt.VIR_DOMAIN_STATS_STATE, 0)
    except libvirt.libvirtError as fault:
        if code_of(fault) not in UNSUPPORTED:
            raise
        return _states_one_by_one(connection)
    return [(domain, figures.get("state.state", libvirt.VIR_DOMAIN_NOSTATE)) for domain, figures in records]


def _states_one_by_one(connection: Any) -> list[tuple[Any, int]]:
    pairs = []
    for domain in connection.listAllDomains(0):
        try:
            pairs.append((domain, domain.state()[0]))
        except libvirt.libvirtError as fault:
            if code_of(fault) != libvirt.VIR_ERR_NO_DOMAIN:  # removed since it was listed
                raise
    return pairs
