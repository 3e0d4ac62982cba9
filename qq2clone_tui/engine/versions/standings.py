"""Find out what stands on the images of a template's versions, and what speaks against their going."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from qq2clone_tui.domain.errors import Qq2cloneError
from qq2clone_tui.domain.image_graph import ImageGraph, User, UserKind
from qq2clone_tui.domain.prune_plan import INHERITED
from qq2clone_tui.domain.pruning import Standing
from qq2clone_tui.domain.reference import Reference
from qq2clone_tui.domain.template import Template, TemplateDisk, Version
from qq2clone_tui.engine.images.drift import drift_of
from qq2clone_tui.engine.tools import Tools

__all__ = ["obstacles_of", "standings_of", "with_inherited"]


def with_inherited(tools: Tools, template: Template) -> Template:
    """Return a template as if what it inherited were a version before its first."""
    if not template.inherited:
        return template
    disks = tuple(TemplateDisk(path, path, _format(tools, path), 0, owned=True) for path in template.inherited)
    return replace(template, versions=(Version(INHERITED, disks), *template.history))


def standings_of(tools: Tools, graph: ImageGraph, template: Template) -> dict[str, Standing]:
    """Return what is known of each image of a template, by its path as recorded and as resolved."""
    disks = {disk.image: disk for version in template.history for disk in version.disks}
    resolved = {path: tools.images.resolved(path) for path in disks}
    found: dict[str, Standing] = {}
    for path, disk in disks.items():
        found[path] = found[resolved[path]] = _standing(tools, graph, template, disk, frozenset(resolved.values()))
    for path in resolved.values():
        for below in graph.chain(path):
            if below not in found:  # of nobody's versions, but it counts for how deep the chains are
                found[below] = Standing(below, _format(tools, below), owned=False, below=graph.image(below).backing)
    return found


def obstacles_of(tools: Tools, template: Template) -> Mapping[int, Sequence[str]]:
    """Return why versions must stay whatever their images are, by number: those that have clones."""
    records = [record for record in tools.catalogue.clones(template.name) if not record.detached]
    clones = Counter(record.identity.version for record in records if not record.identity.staging)
    found = {number: [f"it has {count} clone{'' if count == 1 else 's'}"] for number, count in clones.items()}
    for record in records:
        if record.identity.staging:
            found.setdefault(record.identity.version, []).append(f"the staging machine {record.identity.name} is on it")
    return found


def _standing(
    tools: Tools, graph: ImageGraph, template: Template, disk: TemplateDisk, versions: frozenset[str]
) -> Standing:
    path = tools.images.resolved(disk.image)
    image, above = graph.image(path), graph.overlays(path)
    ours = {str(Reference(template.name, version.number)) for version in template.history}
    users = [user for user in graph.direct_users(path) if user.ident not in ours]
    changed = drift_of(tools.images, [disk]) if disk.owned else ()
    needed = [f"{user} uses it" for user in users]
    needed += [f"{who} stands on it" for each in above if each not in versions for who in _names(graph, each)]
    return Standing(
        path,
        disk.format,
        disk.owned,
        image.backing,
        tuple(each for each in above if each in versions),
        (*changed, *needed),
        (*changed, *_fixed(tools, path, users)),
        image.bytes,
    )


def _format(tools: Tools, path: str) -> str:
    """Return what an image looks like, to show it to people."""
    try:
        return tools.images.probe(path).format
    except Qq2cloneError:
        return ""


def _names(graph: ImageGraph, path: str) -> Sequence[str]:
    """Return who has an image, or above it; the image itself where nobody is known."""
    return [str(user) for user in graph.users(path)] or [f"the image {path}"]


def _fixed(tools: Tools, path: str, users: Sequence[User]) -> Iterator[str]:
    if tools.store_of(path).merging is None:
        yield "images cannot be merged where this program does not reach the files itself"
    if tools.images.kept.tags(path):
        yield "it holds states inside, which would be lost"
    yield from (f"{user} uses it" for user in users if user.kind is not UserKind.VERSION)
