"""Give a clone its own disks, by the policy of each disk of the template."""

import re

from lxml import etree

from .describe_xml import describe_disk
from .disk import DiskPolicy, ImageKind, ImageSpec
from .errors import BadXml
from .identity_draft import Draft, FileRule, Value
from .identity_paths import derived, path_of
from .safe_xml import Element, place_after, pop_attribute, remove, tidy_text
from .template import TemplateDisk

__all__ = ["SAFE_TARGET", "disk_image", "disk_rules"]

SAFE_TARGET = re.compile(r"[A-Za-z0-9_-]{1,32}", re.ASCII)
"""Device names that may become part of a file's name."""

_SERIAL_DIGITS = 20
"""A virtio disk shows the guest 20 bytes of its serial number (VIRTIO_BLK_ID_BYTES)."""
_WWN_VENDOR_DIGITS = 7
"""A world wide name's format digit and vendor number; the nine digits behind them are the device's."""
_WWN_DIGITS = 16
_ALWAYS_WRITABLE = frozenset({"ide", "sata"})
"""Buses on which QEMU has no read-only hard disks."""
_RUNTIME = ("backingStore", "mirror")
_WORDS = {
    DiskPolicy.OVERLAY: "writes into {}, over the template's image",
    DiskPolicy.BLANK: "begins blank as {}",
    DiskPolicy.COPY: "is copied to {}",
}


def disk_rules(draft: Draft) -> None:
    """Apply the rules for every ``<disk>``."""
    policies = {disk.target: disk for disk in draft.template.disks}
    for disk in draft.root.findall("devices/disk"):
        described = describe_disk(disk)
        where = f"disk {described.target}"
        for tag in _RUNTIME:
            for element in disk.findall(tag):
                remove(element)
        if described.cloned:
            _own(draft, disk, _recorded(policies, described.target), where)
        else:
            _shared(draft, disk, where)
        if not described.shareable:
            _numbers(draft, disk, where)


def _recorded(policies: dict[str, TemplateDisk], target: str) -> TemplateDisk:
    if SAFE_TARGET.fullmatch(target) is None:
        raise BadXml(
            "cannot clone a disk", subject=target, why="its target is no device name", remedy="Name it like vda."
        )
    recorded = policies.get(target)
    if recorded is None:
        raise BadXml(
            "cannot clone a disk",
            subject=target,
            why="the template has no image for it",
            remedy="Import the machine again, or mark the disk <readonly/> or <shareable/>.",
        )
    return recorded


def _own(draft: Draft, disk: Element, recorded: TemplateDisk, where: str) -> None:
    if recorded.policy is DiskPolicy.SHARE:
        _refuse_unshareable(disk, recorded)
        _source(disk, recorded.format).set("file", recorded.image)
        _make_readonly(disk)
        draft.shared(where, f"{recorded.image} is read by all clones, written by none")
        return
    value = path_of(f".{recorded.target}.qcow2")
    draft.files.append(_image(recorded, value))
    draft.fill(_source(disk, "qcow2"), "file", value, where, _WORDS[recorded.policy])


def _refuse_unshareable(disk: Element, recorded: TemplateDisk) -> None:
    target = disk.find("target")
    bus = target.get("bus", "") if target is not None else ""
    if bus in _ALWAYS_WRITABLE or (not bus and recorded.target.startswith("hd")):
        raise BadXml(
            "cannot share a disk between clones",
            subject=recorded.target,
            why=f"a disk on the {bus or 'ide'} bus cannot be read-only",
            remedy="Put it on the virtio or scsi bus, or choose another policy for it.",
        )


def disk_image(recorded: TemplateDisk, path: str) -> ImageSpec:
    """Return what a clone's file for a disk of the template is, when it is at an absolute path.

    Args:
        recorded: the disk; its policy is not to share the template's image.
    """
    blank = recorded.policy is DiskPolicy.BLANK
    base, base_format = ("", "") if blank else (recorded.image, recorded.format)
    return ImageSpec(path, ImageKind(recorded.policy.value), base, base_format, recorded.virtual_size)


def _image(recorded: TemplateDisk, value: Value) -> FileRule:
    return lambda identity, place: disk_image(recorded, value(identity, place))


def _source(disk: Element, image_format: str) -> Element:
    """Make a disk a file of the given format and return its empty ``<source>``."""
    disk.set("type", "file")
    driver = disk.find("driver")
    if driver is None:
        driver = place_after(None, disk, etree.Element("driver", name="qemu"))
    driver.set("type", image_format)
    old = disk.find("source")
    source = etree.Element("source")
    if old is None:
        return place_after(driver, disk, source)
    place_after(old, disk, source)
    remove(old)
    return source


def _make_readonly(disk: Element) -> None:
    if disk.find("readonly") is None:
        target = disk.find("target")
        place_after(target if target is not None else disk[-1], disk, etree.Element("readonly"))


def _shared(draft: Draft, disk: Element, where: str) -> None:
    described = describe_disk(disk)
    source = disk.find("source")
    if source is not None:
        pop_attribute(source, "index")
    if not described.source:
        return
    if described.device == "floppy" and not described.readonly:
        # QEMU locks a medium it may write to: the second machine would not start.
        _make_readonly(disk)
        draft.changed(where, "is read-only, because all clones have the medium")
    draft.shared(where, f"{described.source} is the same for all clones and stays when they go")


def _numbers(draft: Draft, disk: Element, where: str) -> None:
    serial, wwn = disk.find("serial"), disk.find("wwn")
    if serial is not None and tidy_text(serial):
        draft.fill(
            serial, "", lambda identity, _: derived(identity, f"{where} serial", _SERIAL_DIGITS), where, "serial is {}"
        )
    if wwn is not None and tidy_text(wwn):
        vendor = tidy_text(wwn)[:_WWN_VENDOR_DIGITS]
        rest = _WWN_DIGITS - len(vendor)
        draft.fill(
            wwn,
            "",
            lambda identity, _: vendor + derived(identity, f"{where} wwn", rest).lower(),
            where,
            "world wide name is {}",
        )
