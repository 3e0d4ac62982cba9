"""Say, all at once, everything that keeps a machine from becoming a template."""

import posixpath
from collections import Counter
from collections.abc import Iterator, Mapping

from .describe_xml import DiskDevice, describe_disk
from .exclusive import STRIP, exclusive_devices, exclusive_policy
from .identity_disks import SAFE_TARGET
from .obstacle import Obstacle
from .safe_xml import Element, parse_domain, tidy_text
from .states import DomainState

__all__ = ["Obstacle", "device_obstacles", "obstacles"]

_KINDS = frozenset({"qemu", "kvm", "hvf", "test"})
_WITH_IMAGES = frozenset({"file", "block", "volume"})
_EXCLUSIVE_TYPES = frozenset({"nvme", "vhostuser", "vhostvdpa"})


def obstacles(
    xml: str,
    *,
    state: DomainState | None,
    has_snapshots: bool,
    has_managed_save: bool,
    persistent: bool = True,
    options: Mapping[str, str] | None = None,
    volumes: Mapping[str, str] | None = None,
) -> tuple[Obstacle, ...]:
    """Return every reason why this machine cannot be cloned; empty when it can.

    Args:
        xml: inactive domain XML.
        state: the machine's state, None for XML from a file.
        has_snapshots: the domain has snapshots or checkpoints.
        has_managed_save: the domain has a saved execution state.
        persistent: False for a domain that vanishes when it stops.
        options: the template's choices (``hostdev`` = refuse|strip, ``tpm`` = empty|copy).
        volumes: ``pool/volume`` -> absolute path of every storage volume that could be resolved;
            None while that is still to be done.

    Raises:
        BadXml: not domain XML.
    """
    root = parse_domain(xml)
    chosen = options or {}
    found = [*_circumstances(state, has_snapshots, has_managed_save, persistent)]
    if exclusive_policy(chosen) != STRIP:
        found += [device.obstacle() for device in exclusive_devices(root)]
    found += device_obstacles(root, chosen, volumes)
    return tuple(found)


def device_obstacles(
    root: Element, options: Mapping[str, str], volumes: Mapping[str, str] | None = None
) -> tuple[Obstacle, ...]:
    """Return what in the XML itself no option can make cloneable."""
    return (*_machine(root), *_disks(root, volumes), *_firmware(root, options))


def _circumstances(
    state: DomainState | None, has_snapshots: bool, has_managed_save: bool, persistent: bool
) -> Iterator[Obstacle]:
    if state is not None and (state.active or state is DomainState.CRASHED):
        why = f"is {state.value}, and its disks may change under the clones"
        yield Obstacle("state", why, "Shut it off first.")
    if not persistent:
        yield Obstacle("state", "vanishes when it stops", "Define it first ('virsh define').")
    if has_managed_save or state is DomainState.SAVED:
        remedy = "Start it and shut it off, or drop the state ('virsh managedsave-remove')."
        yield Obstacle("state", "has a saved state, which its disks must stay as they are for", remedy)
    if has_snapshots:
        remedy = "Delete them ('virsh snapshot-delete'), or import a copy of a machine without any."
        yield Obstacle("state", "has snapshots, which a clone cannot have", remedy)


def _machine(root: Element) -> Iterator[Obstacle]:
    kind = root.get("type", "")
    if kind not in _KINDS:
        yield Obstacle("machine", f"is of type {kind or 'none'!r}", "Only QEMU and KVM machines can be cloned.")
    if not tidy_text(root.find("name")):
        yield Obstacle("machine", "has no name", "Add a <name> element.")


def _disks(root: Element, volumes: Mapping[str, str] | None) -> Iterator[Obstacle]:
    seen: Counter[str] = Counter()
    for number, element in enumerate(root.iterfind("devices/disk"), 1):
        disk = describe_disk(element)
        where = f"disk {disk.target or number}"
        yield from _target(disk, where, seen)
        if disk.device == "lun" or disk.source_type in _EXCLUSIVE_TYPES:
            continue
        if not disk.cloned:
            continue
        yield from _source(disk, where, volumes)
        if element.find("encryption") is not None or element.find("source/encryption") is not None:
            yield Obstacle(where, "is encrypted", "Decrypt a copy ('qemu-img convert') and use that.")
        if element.find("source/slices") is not None:
            yield Obstacle(where, "is a slice of an image", "Copy the slice into an image of its own.")


def _target(disk: DiskDevice, where: str, seen: Counter[str]) -> Iterator[Obstacle]:
    remedy = "Give every disk a target such as vda."
    if not disk.target:
        yield Obstacle(where, "has no target", remedy)
        return
    if SAFE_TARGET.fullmatch(disk.target) is None:
        yield Obstacle(f"disk {disk.target[:40]!r}", "has a target that is no device name", remedy)
    seen[disk.target] += 1
    if seen[disk.target] == 2:
        yield Obstacle(where, "is the target of two disks", remedy)


def _source(disk: DiskDevice, where: str, volumes: Mapping[str, str] | None) -> Iterator[Obstacle]:
    if disk.source_type not in _WITH_IMAGES:
        protocol = disk.source.partition(":")[0] if disk.source_type == "network" else disk.source_type
        remedy = "Copy it into a qcow2 file ('qemu-img convert') and use that."
        yield Obstacle(where, f"is a {protocol} {disk.source_type} disk, which cannot be a base yet", remedy)
    elif disk.source_type == "volume" and volumes is not None and disk.source not in volumes:
        yield Obstacle(where, f"volume {disk.source} cannot be found", "Start its pool, or name the file itself.")
    elif disk.source_type != "volume" and not posixpath.isabs(disk.source):
        yield Obstacle(where, f"names its image without a directory: {disk.source!r}", "Give the absolute path.")


def _firmware(root: Element, options: Mapping[str, str]) -> Iterator[Obstacle]:
    nvram = root.find("os/nvram")
    if nvram is not None and nvram.get("type", "file") != "file":
        yield Obstacle("firmware variables", f"are on a {nvram.get('type')} source", "Keep them in a file.")
    if options.get("tpm", "empty") != "copy":
        return
    for number, backend in enumerate(root.iterfind("devices/tpm/backend[@type='emulator']"), 1):
        if backend.find("source[@type='file']") is None:
            why = "its state lies in libvirt's own directory, which cannot be copied from here"
            yield Obstacle(f"tpm {number}", why, "Set the template's tpm option to 'empty'.")
