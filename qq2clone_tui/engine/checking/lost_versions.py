"""Find out what the versions of a template were that the catalogue lost, from what its clones stand on."""

import posixpath
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from qq2clone_tui.domain.clone import STAGING, CloneIdentity
from qq2clone_tui.domain.describe_xml import DiskDevice, describe
from qq2clone_tui.domain.disk import DiskPolicy, ImageFacts
from qq2clone_tui.domain.errors import BadXml, WrongFileKind
from qq2clone_tui.domain.identity_xml import Compiler
from qq2clone_tui.domain.metadata import Marker
from qq2clone_tui.domain.names import staging_name
from qq2clone_tui.domain.own_names import looks_like_ours, version_of
from qq2clone_tui.domain.template import Template, TemplateDisk, Version
from qq2clone_tui.engine.images.beside import noted

from .scene import Domain, Scene

__all__ = ["lost_versions"]


def lost_versions(
    scene: Scene, template: Template, strangers: Sequence[tuple[Domain, Marker]], numbers: Collection[int]
) -> list[Version]:
    """Return versions of a template as they must have been, those without clones as well; its disks do not count.

    Args:
        scene: everything.
        template: its name and XML.
        strangers: machines that bear its mark.
        numbers: versions that have to be found again.

    Raises:
        Qq2cloneError: one cannot be found again, and why.
    """
    wanted = [disk for disk in describe(template.xml).disks if disk.cloned]
    clones = {number: [domain for domain, marker in strangers if marker.version == number] for number in numbers}
    found = {
        number: tuple(_disk(scene, template.name, disk, domains) for disk in wanted)
        for number, domains in sorted(clones.items())
    }
    found |= _named_versions(scene, template.name, wanted, found)
    return [_version(scene, template, number, disks) for number, disks in sorted(found.items())]


def _version(scene: Scene, template: Template, number: int, disks: tuple[TemplateDisk, ...]) -> Version:
    firmware = _firmware(scene, template, number, disks)
    written = scene.written_at(disk.image for disk in disks if disk.owned)
    states = noted(scene.tools.images, replace(template, firmware=firmware, states=()))
    return Version(number, disks, firmware, written, "rebuilt by check", states)


def _firmware(scene: Scene, template: Template, number: int, disks: tuple[TemplateDisk, ...]) -> Mapping[str, str]:
    """Return the files of the state beside the disks that are closed for good and called after the version."""
    compiler = Compiler(template.xml, replace(template, disks=disks))
    identity = CloneIdentity(template.name, number, STAGING, staging_name(template.name, number), "")
    named = compiler.firmware_files(identity, scene.tools.images.place)
    return {part: path for part, path in named.items() if _ours(scene, template.name, path)}


def _disk(scene: Scene, name: str, disk: DiskDevice, clones: Sequence[Domain]) -> TemplateDisk:
    """Return a disk of a lost version: the image below the clones', or what tells that they have none."""
    graph, images = scene.graph, scene.tools.images
    sources = [source for clone in clones if (source := clone.source(disk.target))]
    if disk.source in sources:
        facts = _probed(scene, disk.source, disk.format or "raw")
        return _recorded(scene, name, disk.target, facts, DiskPolicy.SHARE)
    below = [image for source in sources if (image := graph.image(images.resolved(source)).backing)]
    if below:
        # Clones that somebody has rebased are few; what most stand on is the version's.
        base = max(dict.fromkeys(below), key=below.count)
        over = next(source for source in sources if graph.image(images.resolved(source)).backing == base)
        declared = _format_below(scene, over, disk, base)
        return _recorded(scene, name, disk.target, _probed(scene, base, declared or "raw"), DiskPolicy.OVERLAY)
    if not sources:
        raise BadXml("cannot tell what the version was", subject=disk.target, why="no clone has that disk")
    facts = _probed(scene, disk.source, disk.format or "raw")
    return _recorded(scene, name, disk.target, facts, DiskPolicy.COPY)


def _format_below(scene: Scene, over: str, disk: DiskDevice, base: str) -> str:
    """Return the format that an overlay, or else the template's XML, says its base has: the base itself may lie."""
    inspection = scene.tools.images.inspection
    if inspection is not None:
        return inspection.backing_format(over)
    return disk.format if base == scene.tools.images.resolved(disk.source) else "qcow2"


def _probed(scene: Scene, path: str, declared: str) -> ImageFacts:
    facts = scene.tools.images.probe(path)
    if facts.format != declared:
        # A guest can write any header into a raw disk: what the file looks like is not believed.
        why = f"it looks like {facts.format} but ought to be {declared}"
        raise WrongFileKind("cannot use the image", subject=path, why=why)
    return facts


def _recorded(scene: Scene, name: str, target: str, facts: ImageFacts, policy: DiskPolicy) -> TemplateDisk:
    owned = policy is not DiskPolicy.SHARE and _ours(scene, name, facts.path)
    return TemplateDisk(target, facts.path, facts.format, facts.virtual_size, policy, owned=owned, stamp=facts.stamp)


def _ours(scene: Scene, name: str, path: str) -> bool:
    """Tell whether an image was surely made for the template: at our place, called so, and closed for good."""
    inspection = scene.tools.images.inspection
    directory, _, base = path.rpartition("/")
    if inspection is None or directory != scene.tools.images.resolved(scene.tools.images.place):
        return False
    called = looks_like_ours(base, name)
    facts = inspection.facts(path)
    taken = path in scene.tools.catalogue.salvage.recorded_files()
    return called and facts is not None and not facts.writable and not taken


def _named_versions(
    scene: Scene, name: str, wanted: Sequence[DiskDevice], found: Collection[int]
) -> dict[int, tuple[TemplateDisk, ...]]:
    """Return the disks of versions without clones: images that are closed for good and called after one."""
    images: dict[int, dict[str, str]] = {}
    for image in scene.graph:
        named = version_of(posixpath.basename(image.path), name)
        if named is not None and named[0] not in found and image.there and _ours(scene, name, image.path):
            images.setdefault(named[0], {})[named[1]] = image.path
    targets = [disk.target for disk in wanted]
    return {
        number: tuple(
            _recorded(scene, name, target, _probed(scene, paths[target], "qcow2"), DiskPolicy.OVERLAY)
            for target in targets
        )
        for number, paths in images.items()
        if set(paths) == set(targets)
    }
