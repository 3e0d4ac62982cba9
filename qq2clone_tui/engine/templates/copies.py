"""Copy what a template is imported from, so that all of it is the template's own."""

import contextlib
import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from qq2clone_tui.domain.clone import STAGING, CloneIdentity
from qq2clone_tui.domain.disk import DiskPolicy, ImageKind, ImageSpec
from qq2clone_tui.domain.errors import Qq2cloneError
from qq2clone_tui.domain.identity_xml import Compiler
from qq2clone_tui.domain.template import Template, TemplateDisk
from qq2clone_tui.engine.images.beside import noted
from qq2clone_tui.engine.ports.images import ImageStore
from qq2clone_tui.engine.tools import Tools

__all__ = ["Copy", "plan_copies", "record", "take_back", "with_copies"]


@dataclass(frozen=True, slots=True)
class Copy:
    """One file that is copied for a template.

    Args:
        spec: the file to make.
        part: what it is of: the target of a disk, or as in ``Template.firmware``.
        of_disk: it is the image of a disk.
    """

    spec: ImageSpec
    part: str
    of_disk: bool = False


def plan_copies(images: ImageStore, template: Template) -> tuple[Copy, ...]:
    """Return the copies that make a template stand alone; a disk that clones get blank needs none.

    A file of a name that is there already, such as the copy of a killed import, is passed over: it is
    not recorded as ours, so it is neither used nor deleted.
    """
    read = (disk for disk in template.disks if disk.policy is not DiskPolicy.BLANK)
    return (*(_disk(images, template.name, disk) for disk in read), *_firmware(images, template))


def with_copies(template: Template, copies: Iterable[Copy]) -> Template:
    """Return a template as it is when its copies are made, but for their stamps."""
    images = {copy.part: copy.spec.path for copy in copies if copy.of_disk}
    firmware = {copy.part: copy.spec.path for copy in copies if not copy.of_disk}
    disks = (
        replace(disk, image=images[disk.target], format="qcow2", owned=True, stamp="")
        if disk.target in images
        else disk
        for disk in template.disks
    )
    return replace(template, disks=tuple(disks), firmware=firmware)


def record(tools: Tools, template: Template, copies: Sequence[Copy]) -> Template:
    """Make and seal the copies, record the template, and return it as it was recorded."""
    journal, owned = tools.catalogue.journal, [copy.spec.path for copy in copies]
    made: list[str] = []
    if owned:
        tools.images.check_ready()
        journal.note(owned)
    try:
        for path, spec in ((copy.spec.path, copy.spec) for copy in copies):
            tools.images.create(spec)
            made.append(path)
        stamps = {path: tools.images.sealing.seal(path) for path in made}
        disks = tuple(replace(disk, stamp=stamps.get(disk.image, disk.stamp)) for disk in template.disks)
        template = replace(template, disks=disks, states=noted(tools.images, template))
        tools.catalogue.add_template(template)
    except BaseException:  # also when Ctrl-C ends a long copy
        take_back(tools, owned, made)
        raise
    return template


def take_back(tools: Tools, owned: Sequence[str], made: Sequence[str]) -> None:
    """Delete the copies that were made for a template that is not to be; what cannot be deleted stays in the journal.

    Args:
        tools: the adapters.
        owned: the absolute paths that were noted in the journal.
        made: those of them at which there is a copy.
    """
    journal = tools.catalogue.journal
    unfinished = set(journal.ours())  # empty if it was the instant after the template was recorded
    for path in made:
        if path in unfinished:
            tools.images.delete(path)
    # The next start finds that nothing is there and drops them, should the catalogue be locked now.
    with contextlib.suppress(Qq2cloneError):
        journal.drop(owned)


def _disk(images: ImageStore, name: str, disk: TemplateDisk) -> Copy:
    stem = f"{images.place}/{name}.{disk.target}.base"
    path = next(path for path in (f"{stem}{suffix}.qcow2" for suffix in _suffixes()) if _free(images, path))
    return Copy(ImageSpec(path, ImageKind.COPY, disk.image, disk.format, disk.virtual_size), disk.target, of_disk=True)


def _firmware(images: ImageStore, template: Template) -> tuple[Copy, ...]:
    """Return the copies of the state beside the disks, under the names that a first version's files have."""
    compiler = Compiler(template.xml, template)
    for suffix in _suffixes():
        identity = CloneIdentity(template.name, 1, STAGING, f"{template.name}.v1{suffix}", "")
        parts = {path: part for part, path in compiler.firmware_files(identity, images.place).items()}
        specs = [spec for spec in compiler.files(identity, images.place) if spec.path in parts]
        copies = tuple(Copy(spec, parts[spec.path]) for spec in specs if not _free(images, spec.base))
        if all(_free(images, copy.spec.path) for copy in copies):
            return copies
    return ()


def _suffixes() -> Iterable[str]:
    return ("" if number == 1 else f"-{number}" for number in itertools.count(1))


def _free(images: ImageStore, path: str) -> bool:
    return not images.allocated_bytes([path])
