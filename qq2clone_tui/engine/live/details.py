"""Read all that can be shown of one machine."""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from qq2clone_tui.domain.checkpoint import Checkpoint, unroll
from qq2clone_tui.domain.describe_xml import DomainDescription, describe
from qq2clone_tui.domain.disk import ImageFacts
from qq2clone_tui.domain.errors import BadXml, HypervisorError, Qq2cloneError
from qq2clone_tui.engine.ports.hypervisor import Hypervisor
from qq2clone_tui.engine.ports.images import ImageStore

__all__ = ["MachineDetails", "chain_of", "read_details"]

LONGEST_CHAIN = 64


@dataclass(frozen=True)
class MachineDetails:
    """One machine's devices and the images behind its disks.

    Args:
        uuid: whose details these are.
        description: devices, from the XML of the machine as it runs.
        chains: by disk target: the overlay first, the base last.
        problem: one paragraph when an image could not be read, else empty.
        checkpoints: those that it has, each behind the one it was made after.
        saved_bytes: what its saved state takes; None when there is none, or nobody can tell.
    """

    uuid: str
    description: DomainDescription
    chains: Mapping[str, tuple[ImageFacts, ...]] = field(default_factory=dict)
    problem: str = ""
    checkpoints: tuple[Checkpoint, ...] = ()
    saved_bytes: int | None = None


def read_details(hypervisor: Hypervisor, images: ImageStore, uuid: str) -> MachineDetails:
    """Read one machine; an unreadable image is named in ``problem`` and stops nothing else.

    Raises:
        DomainNotFound: the hypervisor does not know the UUID.
    """
    description = describe(hypervisor.live_xml(uuid))
    chains: dict[str, tuple[ImageFacts, ...]] = {}
    problem = ""
    for disk in description.disks:
        if not disk.cloned:
            continue
        try:
            chains[disk.target] = chain_of(images, disk.source)
        except Qq2cloneError as error:
            problem = error.paragraph()
    kept: tuple[Checkpoint, ...] = ()
    with contextlib.suppress(HypervisorError, BadXml):  # a snapshot that cannot be read is told where they are listed
        kept = tuple(each for _, each in unroll(hypervisor.checkpoints.of(uuid)))
    return MachineDetails(uuid, description, chains, problem, kept)


def chain_of(images: ImageStore, path: str) -> tuple[ImageFacts, ...]:
    """Return an image and the files below it, top first.

    Raises:
        AccessError, WrongFileKind: one of them cannot be read.
    """
    chain: list[ImageFacts] = []
    following: str | None = path
    while following and len(chain) < LONGEST_CHAIN:
        facts = images.probe(following)
        chain.append(facts)
        following = facts.backing
    return tuple(chain)
