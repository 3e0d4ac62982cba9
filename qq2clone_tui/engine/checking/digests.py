"""Compute the digests of images: record those that are missing, compare the others."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from qq2clone_tui.domain.errors import Qq2cloneError
from qq2clone_tui.domain.findings import Finding
from qq2clone_tui.domain.template import StateFile, TemplateDisk

from .images import Examined, as_recorded, changed
from .scene import Scene, not_looked_at

__all__ = ["Tally", "judged", "to_read"]

_DOING = "computing digests:"


@dataclass(slots=True)
class Tally:
    """How far it has got, in bytes and in files.

    Args:
        total: bytes there are to go through.
    """

    total: int
    done: int = 0
    digests: dict[str, str] = field(default_factory=dict)


def judged(scene: Scene, images: Sequence[Examined], tally: Tally) -> Iterator[Finding]:
    """Yield the images that are not what they were: by their digest where it is computed, else by their stamp."""
    for image in images:
        if scene.out.stopped():
            return
        if _wanted(scene, image):
            yield from _by_digest(scene, image, tally)
        elif image.changes:
            yield changed(scene, image)


def to_read(scene: Scene, images: Sequence[Examined]) -> int:
    """Return the bytes of the images whose digest is to be computed."""
    sizes = {image.disk.image: image.facts.size for image in images if image.facts and _wanted(scene, image)}
    return sum(sizes.values())


def _wanted(scene: Scene, image: Examined) -> bool:
    # Of an image that is not ours, the digest counts only where somebody had it computed.
    worth = isinstance(image.disk, StateFile) or image.disk.owned or bool(image.disk.digest)
    return scene.out.wish.digests and worth and scene.tools.images.inspection is not None


def _by_digest(scene: Scene, image: Examined, tally: Tally) -> Iterator[Finding]:
    disk = image.disk
    try:
        digest = _digest(scene, disk.image, tally)
    except Qq2cloneError as error:
        yield not_looked_at(disk.image, error, image.template.name)
        return
    if not digest or not as_recorded(scene, image.template):
        return  # stopped, or it has become another image meanwhile
    if not disk.digest:
        if image.changes:
            yield changed(scene, image)  # a digest of what it has become would say that it is well
        else:
            yield from _recorded(scene, image, digest)
    elif digest != disk.digest:
        finding = changed(scene, replace(image, changes=("its bytes are not those it had", *image.changes)))
        yield replace(finding, remedy=finding.remedy.partition(" Its digest is known")[0])
    elif image.changes:
        finding = replace(changed(scene, image), remedy="")
        deed = "its bytes are those it had, so that its new stamp is recorded"
        yield scene.mended(finding, deed, lambda: _store(scene, image, disk.digest))


def _recorded(scene: Scene, image: Examined, digest: str) -> Iterator[Finding]:
    """Record a first digest, which is no finding; that it could not be recorded is one."""
    if not scene.out.wish.record:
        return
    try:
        _store(scene, image, digest)
    except Qq2cloneError as error:
        yield not_looked_at(image.disk.image, error, image.template.name)


def _digest(scene: Scene, path: str, tally: Tally) -> str:
    if path in tally.digests:
        return tally.digests[path]
    inspection = scene.tools.images.inspection
    assert inspection is not None  # noqa: S101 - asked before

    def heard(count: int) -> None:
        tally.done += count
        scene.out.heard(_DOING, tally.done, tally.total)

    digest = inspection.digest(path, heard, scene.out.stopped)
    if digest:
        tally.digests[path] = digest
    return digest


def _store(scene: Scene, image: Examined, digest: str) -> None:
    """Record digest and stamp of an image in its version, as the version is recorded now."""
    catalogue = scene.tools.catalogue
    now = catalogue.template(image.template.name).at(image.template.version)

    stamp = image.facts.stamp if image.facts else image.disk.stamp
    if isinstance(image.disk, StateFile):
        known = replace(image.disk, digest=digest, stamp=stamp)
        states = tuple(known if state.image == known.image else state for state in now.states)
        catalogue.versions.replace_states(now.name, now.version, states)
        return

    def told(disk: TemplateDisk) -> TemplateDisk:
        return replace(disk, digest=digest, stamp=stamp) if disk.image == image.disk.image else disk

    catalogue.versions.replace_disks(now.name, now.version, tuple(told(disk) for disk in now.disks))
