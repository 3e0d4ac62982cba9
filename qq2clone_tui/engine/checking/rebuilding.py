"""Record a template again that the catalogue lost, from its kept XML and from what its clones stand on."""

import posixpath
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from qq2clone_tui.domain.describe_xml import DiskDevice, describe
from qq2clone_tui.domain.disk import DiskPolicy, ImageFacts
from qq2clone_tui.domain.errors import BadXml, Qq2cloneError, WrongFileKind
from qq2clone_tui.domain.findings import Fate, Finding, FindingKind
from qq2clone_tui.domain.identity_xml import Compiler
from qq2clone_tui.domain.metadata import Marker
from qq2clone_tui.domain.own_names import base_of, version_of
from qq2clone_tui.domain.template import Template, TemplateDisk, Version
from qq2clone_tui.engine.import_choices import Choices
from qq2clone_tui.engine.import_template import Source, import_template

from .derived import derived_xml
from .scene import Domain, Scene

__all__ = ["rebuilt"]

Strangers = Sequence[tuple[Domain, Marker]]


def rebuilt(scene: Scene, name: str, known: Template | None, strangers: Strangers) -> tuple[Finding, Template | None]:
    """Return the finding for a template, or versions of one, that were lost, and the template as it is once mended.

    Args:
        scene: everything.
        name: the template.
        known: the template when only versions of it were lost.
        strangers: machines that bear its mark.
    """
    kept = known.xml if known else scene.tools.catalogue.salvage.kept_templates().get(name, "")
    if not strangers:
        return _without_clones(scene, name, kept), None
    why = f"clones of it are there{', and so is its XML' if kept else ''}, but the catalogue does not know it"
    if known is not None:
        numbers = ", ".join(f"v{number}" for number in sorted(_lost(known, strangers)))
        why = f"clones of {numbers} are there, but the catalogue does not know {numbers}"
    finding = Finding(FindingKind.LOST_TEMPLATE, name, why, template=name)
    try:
        template = _template(scene, name, known, kept or derived_xml(scene, strangers), strangers)
    except Qq2cloneError as error:
        remedy = f"Make it again with: qq2clone import-template SOURCE {name}"
        about = f" {error.subject!r}" if error.subject else ""
        clause = f"{why}; {error.what}{about}{f': {error.why}' if error.why else ''}".rstrip(".")
        return replace(finding, why=clause, remedy=remedy), known
    count = len(template.history)
    deed = f"it is recorded again from what its clones stand on, with {count} version{'' if count == 1 else 's'}"
    deed += "" if kept else " and the XML of one of them"
    # XML that was edited in one clone would become that of all: somebody has to say that it may.
    after = scene.mended(finding, deed, lambda: _store(scene, known, template), consent=not kept)
    return after, known if after.fate is Fate.OPEN else template


def _without_clones(scene: Scene, name: str, kept: str) -> Finding:
    """Return the finding for XML that was kept of a template without clones: nobody but the user knows its worth."""
    finding = Finding(
        FindingKind.LOST_TEMPLATE, name, "its XML was kept, but the catalogue does not know it", template=name
    )
    deed = "it is imported from its kept XML, with the images that this names"
    source = Source(name, kept)
    return scene.mended(
        finding, deed, lambda: import_template(scene.tools, source, name, Choices(), dry_run=False), consent=True
    )


def _lost(known: Template | None, strangers: Strangers) -> set[int]:
    return {marker.version for _, marker in strangers} - {one.number for one in (known.history if known else ())}


def _template(scene: Scene, name: str, known: Template | None, kept: str, strangers: Strangers) -> Template:
    wanted = [disk for disk in describe(kept).disks if disk.cloned]
    found = {number: _version(scene, name, wanted, number, strangers) for number in sorted(_lost(known, strangers))}
    found |= {one.number: one for one in _named_versions(scene, name, wanted, found)}
    versions = {**found, **{one.number: one for one in (known.history if known else ())}}
    history = tuple(versions[number] for number in sorted(versions))
    base = known or Template(name, kept, (), source="rebuilt by check", created_at=time.time())
    template = replace(base, versions=history).at(history[-1].number)
    Compiler(template.xml, template)  # says what would keep clones from being made of it
    return template


def _version(scene: Scene, name: str, wanted: Sequence[DiskDevice], number: int, strangers: Strangers) -> Version:
    """Return a version whose images are those that its clones stand on."""
    clones = [domain for domain, marker in strangers if marker.version == number]
    disks = tuple(_disk(scene, name, disk, clones) for disk in wanted)
    return Version(number, disks, created_at=time.time(), note="rebuilt by check")


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
    called = version_of(base, name) is not None or bool(base_of(base, name))
    facts = inspection.facts(path)
    taken = path in scene.tools.catalogue.salvage.recorded_files()
    return called and facts is not None and not facts.writable and not taken


def _named_versions(
    scene: Scene, name: str, wanted: Sequence[DiskDevice], found: Mapping[int, Version]
) -> Iterator[Version]:
    """Yield versions without clones, whose images are closed for good and called after them."""
    images: dict[int, dict[str, str]] = {}
    for image in scene.graph:
        named = version_of(posixpath.basename(image.path), name)
        if named is not None and image.there and _ours(scene, name, image.path):
            images.setdefault(named[0], {})[named[1]] = image.path
    for number, paths in sorted(images.items()):
        targets = [disk.target for disk in wanted]
        if number not in found and set(targets) == set(paths):
            facts = {target: _probed(scene, paths[target], "qcow2") for target in targets}
            disks = tuple(_recorded(scene, name, target, facts[target], DiskPolicy.OVERLAY) for target in targets)
            yield Version(number, disks, created_at=time.time(), note="rebuilt by check")


def _store(scene: Scene, known: Template | None, template: Template) -> None:
    catalogue = scene.tools.catalogue
    if known is None:
        catalogue.add_template(template)
        return
    before = {version.number for version in known.history}
    for version in template.history:
        if version.number not in before:
            catalogue.versions.add(template.name, version, "")
