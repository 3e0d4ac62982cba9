"""Take machines that bear our mark back into the catalogue, so that a lost one can be rebuilt."""

import posixpath
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from qq2clone_tui.domain.clone import CloneIdentity, CloneRecord, CloneStatus
from qq2clone_tui.domain.disk import DiskPolicy
from qq2clone_tui.domain.errors import Qq2cloneError, TemplateError
from qq2clone_tui.domain.findings import Fate, Finding, FindingKind
from qq2clone_tui.domain.identity_xml import Compiler
from qq2clone_tui.domain.metadata import Marker
from qq2clone_tui.domain.names import clone_name, legal_name
from qq2clone_tui.domain.own_names import named_after
from qq2clone_tui.domain.template import Template
from qq2clone_tui.domain.xml_paths import paths_in

from .rebuilding import rebuilt
from .scene import Domain, Scene, not_looked_at

__all__ = ["unrecorded_clones"]

_Marked = tuple[Domain, Marker]

_BY_HAND = "Look at its XML with virsh dumpxml; if it is no clone of yours, leave it alone or take the mark out of it."


def unrecorded_clones(scene: Scene) -> Iterator[Finding]:
    """Yield the machines that bear our mark and are recorded nowhere, and the templates they lost."""
    strangers: dict[str, list[_Marked]] = defaultdict(list)
    witnesses: dict[str, list[_Marked]] = defaultdict(list)
    for uuid, domain in scene.domains.items():
        marker, record = domain.marker, scene.records.get(uuid)
        # A copy that another tool made of a clone bears the clone's mark, and is none.
        if marker is None or not marker.genuine or not scene.out.covers(marker.template):
            continue
        if record is not None:
            if _without_version(scene, record):
                witnesses[record.identity.template].append((domain, marker))
        elif legal_name(marker.template) and legal_name(domain.summary.name) and _unknown(scene, uuid):
            strangers[marker.template].append((domain, marker))
    for name in sorted({*strangers, *witnesses, *scene.tools.catalogue.salvage.kept_templates()}):
        if scene.out.covers(name):
            yield from _of_template(scene, name, strangers.get(name, []), witnesses.get(name, []))


def _unknown(scene: Scene, uuid: str) -> bool:
    """Tell whether it is there and recorded nowhere still: it may have been made or removed meanwhile.

    A clone is undefined before it is forgotten, so the catalogue is asked first.
    """
    return scene.tools.catalogue.clone(uuid) is None and scene.tools.hypervisor.read_domain(uuid) is not None


def _without_version(scene: Scene, record: CloneRecord) -> bool:
    """Tell whether a clone is recorded to stand on a version that its template does not have."""
    template = scene.template_of.get(record.identity.template)
    numbers = {version.number for version in template.history} if template else set()
    return record.identity.version not in numbers and not record.detached


def _of_template(
    scene: Scene, name: str, strangers: Sequence[_Marked], witnesses: Sequence[_Marked]
) -> Iterator[Finding]:
    """Yield what is to be said of one template.

    Args:
        scene: everything.
        name: the template.
        strangers: machines that bear its mark and are recorded nowhere.
        witnesses: clones of versions that it is not recorded to have.
    """
    wanted = {marker.version for _, marker in (*strangers, *witnesses)}
    template = scene.template_of.get(name)
    missing = wanted - {version.number for version in template.history} if template else wanted
    waiting = False
    if template is None or missing:
        finding, template = rebuilt(scene, name, template, [*strangers, *witnesses])
        waiting = finding.fate is Fate.NEEDS_CONSENT
        yield finding
    for domain, marker in sorted(strangers, key=lambda pair: pair[1].number):
        try:
            yield _adopted(scene, template, domain, marker, waiting=waiting)
        except Qq2cloneError as error:
            yield not_looked_at(domain.summary.name, error, name)


def _adopted(scene: Scene, template: Template | None, domain: Domain, marker: Marker, *, waiting: bool) -> Finding:
    """Return the finding for a machine, having recorded it if that was wished and is safe.

    Args:
        scene: everything.
        template: its template, None when there is none.
        domain, marker: the machine, and what it says of itself.
        waiting: the template has yet to be recorded again, with the user's consent.
    """
    version = f"{marker.template}@v{marker.version}"
    finding = _unrecorded(domain, marker, version)
    try:
        at = template.at(marker.version) if template else None
    except TemplateError:
        at = None
    if template is None or at is None:
        remedy = f"Make the template again first, with: qq2clone import-template SOURCE {marker.template}"
        return _left(finding, f"there is no {version if template else f'template {marker.template}'}", remedy)
    missing = _missing_files(scene, at, domain)
    if missing:
        return _left(finding, missing, _BY_HAND)
    record = _record(scene, at, domain, marker)
    deed = "it is recorded again, with its number, its addresses and its files"
    called, standing = _called_after(template, domain, record), _stands_on(scene, at, domain)
    if not called and not standing:
        why = "its disks are neither called after it nor do they stand on the images of that version"
        return _left(finding, why, _BY_HAND)
    evident = called and standing and not waiting

    def adopt() -> None:
        if _unknown(scene, record.identity.uuid):  # else another check was quicker
            scene.tools.catalogue.salvage.adopt([record])

    return scene.mended(finding, deed, adopt, consent=not evident)


def _unrecorded(domain: Domain, marker: Marker, version: str) -> Finding:
    what = f"number {marker.number} of {version}" if marker.number else f"the staging machine over {version}"
    why = f"its metadata says that it is {what}, but the catalogue does not know it"
    return Finding(FindingKind.UNRECORDED_CLONE, domain.summary.name, why, template=marker.template)


def _left(finding: Finding, why: str, remedy: str) -> Finding:
    return Finding(finding.kind, finding.subject, f"{finding.why}; {why}", remedy=remedy, template=finding.template)


def _record(scene: Scene, template: Template, domain: Domain, marker: Marker) -> CloneRecord:
    macs = tuple(interface.mac for interface in domain.description.interfaces if interface.mac)
    name = domain.summary.name
    identity = CloneIdentity(marker.template, marker.version, marker.number, name, domain.summary.uuid, macs)
    own = _own_disks(template, domain)
    files = tuple(dict.fromkeys((*own.values(), *_other_files(scene, template, domain, identity, own))))
    tops = [scene.tools.images.resolved(path) for path in own.values()]
    overlays = [disk for disk in template.disks if disk.policy is DiskPolicy.OVERLAY and disk.target in own]
    detached = bool(overlays) and not any(scene.graph.image(path).backing for path in tops)
    return CloneRecord(identity, CloneStatus.READY, files, scene.written_at(own.values()), detached=detached)


def _own_disks(template: Template, domain: Domain) -> Mapping[str, str]:
    """Return the path of each disk that a clone has for itself, by device name; empty where it has none."""
    return {disk.target: domain.source(disk.target) for disk in template.disks if disk.policy is not DiskPolicy.SHARE}


def _other_files(
    scene: Scene, template: Template, domain: Domain, identity: CloneIdentity, own: Mapping[str, str]
) -> Iterator[str]:
    """Yield what its XML names beside its disks and every clone has for itself, or what is called after it."""
    places = {posixpath.dirname(path) for path in own.values()}
    compiler = Compiler(template.xml, template)
    compiled = {
        path
        for place in places
        for path in (*(spec.path for spec in compiler.files(identity, place)), *compiler.runtime_files(identity, place))
    }
    taken = scene.tools.catalogue.salvage.recorded_files()
    names = (identity.name, clone_name(identity.template, identity.number))
    for path in sorted(paths_in(domain.xml) - taken):
        directory, _, base = path.rpartition("/")
        called = directory in places and any(named_after(base, name) for name in names)
        if called or path in compiled:
            yield path


def _missing_files(scene: Scene, template: Template, domain: Domain) -> str:
    """Return why its disks are not what a clone's are, as a clause; empty when they are."""
    taken = scene.tools.catalogue.salvage.recorded_files()
    for target, path in _own_disks(template, domain).items():
        if not path.startswith("/"):
            return f"it has no disk {target} of its own"
        if not scene.graph.image(scene.tools.images.resolved(path)).there:
            return f"its disk {path} is not there"
        if path in taken:
            return f"{path} is recorded for something else"
    return ""


def _called_after(template: Template, domain: Domain, record: CloneRecord) -> bool:
    """Tell whether its disks have the names that a clone's have."""
    names = (record.identity.name, clone_name(record.identity.template, record.identity.number))
    paths = [path for path in _own_disks(template, domain).values() if path]
    return all(any(named_after(posixpath.basename(path), name) for name in names) for path in paths)


def _stands_on(scene: Scene, template: Template, domain: Domain) -> bool:
    """Tell whether its overlays stand on the images of its version: only a clone of ours does."""
    images = scene.tools.images
    own = _own_disks(template, domain)
    chains = {
        disk.target: scene.graph.chain(images.resolved(own[disk.target]))[1:]
        for disk in template.disks
        if disk.policy is DiskPolicy.OVERLAY
    }
    expected = {disk.target: images.resolved(disk.image) for disk in template.disks}
    return bool(chains) and all(expected[target] in chain for target, chain in chains.items())
