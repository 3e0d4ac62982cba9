"""Look whether the images of versions are what they were, and close those that are ours again."""

import posixpath
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from shlex import quote

from qq2clone_tui.domain.disk import DiskPolicy, FileFacts
from qq2clone_tui.domain.errors import Qq2cloneError
from qq2clone_tui.domain.file_changes import changes_of, inode_of
from qq2clone_tui.domain.findings import Finding, FindingKind
from qq2clone_tui.domain.template import StateFile, Template, TemplateDisk, Version, Watched
from qq2clone_tui.engine.images.beside import completed
from qq2clone_tui.engine.ports.inspection import Inspection

from .scene import Scene, not_looked_at

__all__ = ["Examined", "as_recorded", "changed", "images_of_versions"]


@dataclass(frozen=True, slots=True)
class Examined:
    """An image of a version, or another file that clones of it get copies of, that is there.

    Args:
        template: the template, at that version.
        disk: what is known of the file.
        facts: what the system says of the file; None where it is another host's.
        changes: what became of it since its stamp was taken, as clauses.
    """

    template: Template
    disk: Watched
    facts: FileFacts | None
    changes: tuple[str, ...] = ()

    @property
    def reference(self) -> str:
        """Return the version's name, as in ``debian@v2``."""
        return f"{self.template.name}@v{self.template.version}"


def images_of_versions(scene: Scene, examined: list[Examined]) -> Iterator[Finding]:
    """Yield the images that are missing or may be written; those that are there are added to ``examined``."""
    for template in scene.templates:
        for version in template.history:
            if not scene.out.covers_version(template.name, version.number):
                continue
            at = template.at(version.number)
            for disk in version.disks:
                if disk.policy is not DiskPolicy.BLANK and not scene.out.stopped():
                    yield from _image(scene, at, disk, examined)
            for state in _states(scene, at):
                yield from _state(scene, at, state, examined)


def as_recorded(scene: Scene, template: Template) -> bool:
    """Tell whether a version is recorded still as it was, and is not being changed at this moment."""
    if scene.busy(template.name):
        return False
    now = next((one for one in scene.tools.catalogue.templates() if one.name == template.name), None)
    same = now is not None and any(_is_same(template.current, version) for version in now.history)
    return same and not scene.busy(template.name)


def _is_same(then: Version, now: Version) -> bool:
    """Tell whether a version is recorded as it was; what is noted for the first time makes no other one of it."""
    stamps_then, stamps_now = ({(state.image, state.stamp) for state in each.states} for each in (then, now))
    return replace(then, states=()) == replace(now, states=()) and stamps_then <= stamps_now


def _image(scene: Scene, template: Template, disk: TemplateDisk, examined: list[Examined]) -> Iterator[Finding]:
    images, inspection = scene.tools.images, scene.tools.images.inspection
    try:
        facts = inspection.facts(disk.image) if inspection else None
        missing = inspection is not None and facts is None
        stamp = "" if missing else facts.stamp if facts else images.probe(disk.image).stamp
        changes, written = changes_of(disk.stamp, stamp), not missing and images.written(disk.image)
    except Qq2cloneError as error:
        if as_recorded(scene, template):
            yield not_looked_at(disk.image, error, template.name)
        return
    writable = facts is not None and disk.owned and facts.writable
    # Asked after the file: where somebody else is just putting another in its place, both are of before or after.
    if (missing or changes or written or writable) and not as_recorded(scene, template):
        return
    if inspection is not None and missing:
        yield _missing(scene, template, disk, inspection)
        return
    examined.append(Examined(template, disk, facts, changes))
    if written:
        yield _written(scene, template, disk.image)
    elif writable:
        yield _sealed(scene, template, disk.image)


def _states(scene: Scene, template: Template) -> Sequence[StateFile]:
    """Return the files beside a version's disks; of which nothing was known yet, that is recorded now."""
    try:
        states = completed(scene.tools.images, template)
        if scene.out.wish.record and states != template.states and as_recorded(scene, template):
            scene.tools.catalogue.versions.replace_states(template.name, template.version, states)
    except Qq2cloneError:
        return template.current.beside  # what is wrong is told of the file itself
    known = {state.image for state in states}
    return (*states, *(state for state in template.current.beside if state.image not in known))


def _state(scene: Scene, template: Template, state: StateFile, examined: list[Examined]) -> Iterator[Finding]:
    inspection, path = scene.tools.images.inspection, state.image
    if inspection is None:
        return
    try:
        facts = inspection.facts(path)
        changes = changes_of(state.stamp, facts.stamp if facts else "")
    except Qq2cloneError as error:
        yield not_looked_at(path, error, template.name)
        return
    writable = facts is not None and state.owned and facts.writable
    written = facts is not None and scene.tools.images.written(path)
    if (facts is None or changes or written or writable) and not as_recorded(scene, template):
        return
    if facts is None:
        why = f"{template.name}@v{template.version} gives clones a copy of it, and it is not there"
        remedy = "Bring it back from a copy; until then no clone can be made of that version."
        yield Finding(FindingKind.MISSING_IMAGE, path, why, remedy=remedy, template=template.name)
        return
    examined.append(Examined(template, state, facts, changes))
    if written:
        yield _written_state(scene, template, path)
    elif writable:
        yield _sealed(scene, template, path)


def _missing(scene: Scene, template: Template, disk: TemplateDisk, inspection: Inspection) -> Finding:
    reference, inode = f"{template.name}@v{template.version}", inode_of(disk.stamp)
    places = dict.fromkeys((posixpath.dirname(disk.image), scene.tools.images.place))
    found = next((path for place in places if inode and (path := inspection.named(place, inode))), "")
    facts = inspection.facts(found) if found else None
    why = f"{reference} stands on it, and it is not there"
    remedy = "Bring it back, from a copy if need be: no clone of that version can start without it."
    if facts is not None and facts.stamp == disk.stamp:
        why += f"; the same file is {found} now"
        remedy = f"Move it back to where it was: mv -- {quote(found)} {quote(disk.image)}"
    return Finding(FindingKind.MISSING_IMAGE, disk.image, why, remedy=remedy, template=template.name)


def _written(scene: Scene, template: Template, path: str) -> Finding:
    who, end = _writers(scene, path)
    return Finding(
        FindingKind.WRITTEN_IMAGE,
        path,
        f"{template.name}@v{template.version} stands on it, and {who} and may write to it at this moment",
        remedy=f"{end} What stands on the image may be "
        "ruined by then: reset the clones of that version once the image is what it was.",
        template=template.name,
    )


def _written_state(scene: Scene, template: Template, path: str) -> Finding:
    who, end = _writers(scene, path)
    why = f"{template.name}@v{template.version} gives clones a copy of it, and {who} and may write to it at this moment"
    remedy = f"{end} Until then no clone is made of that version; those there are have copies of their own."
    return Finding(FindingKind.WRITTEN_IMAGE, path, why, remedy=remedy, template=template.name)


def _writers(scene: Scene, path: str) -> tuple[str, str]:
    """Return who may write to a file, as a clause, and the sentence that says how to end that."""
    users = scene.graph.direct_users(scene.tools.images.resolved(path))
    names = [str(user) for user in users if user.active]
    if not names:
        return "some QEMU has it open", "End that program; fuser names it."
    return f"{_joined(names)} {'run' if len(names) > 1 else 'runs'} on it", "Shut it down."


def _sealed(scene: Scene, template: Template, path: str) -> Finding:
    why = f"{template.name}@v{template.version} stands on it, and its mode lets somebody write to it"
    finding = Finding(FindingKind.WRITABLE_IMAGE, path, why, template=template.name)
    return scene.mended(finding, "it is read-only again (mode 0444)", lambda: scene.tools.images.sealing.seal(path))


def changed(scene: Scene, image: Examined) -> Finding:
    """Return the finding for an image that is not what it was, as far as its stamp tells."""
    disk = image.disk
    known = " Its digest is known: check --digest tells whether its bytes are the same." if disk.digest else ""
    dependents = scene.graph.users(scene.tools.images.resolved(disk.image))
    copied = isinstance(disk, StateFile)  # clones have copies of it, which are what they were
    clones = 0 if copied else sum(1 for user in dependents if user.ident != image.reference)
    harm = f"; {clones} machine{'s stand' if clones != 1 else ' stands'} on it" if clones else ""
    return Finding(
        FindingKind.CHANGED_IMAGE,
        disk.image,
        f"{image.reference} has it, and {_joined(image.changes)}{harm}",
        remedy=f"Bring it back from a copy; if it is as it should be, say so with: "
        f"qq2clone modify-template {image.reference} acknowledge-image.{known}",
        template=image.template.name,
    )


def _joined(clauses: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(clauses[:-1]), *clauses[-1:])))
