"""Find files that are called as ours are, and that nobody is known to need."""

import posixpath
from collections.abc import Iterator
from shlex import quote

from qq2clone_tui.domain.findings import Finding, FindingKind
from qq2clone_tui.domain.own_names import looks_like_ours
from qq2clone_tui.domain.xml_paths import paths_in

from .scene import Scene

__all__ = ["orphan_files"]


def orphan_files(scene: Scene) -> Iterator[Finding]:
    """Yield the files of the storage places that look like ours and are recorded, and used, nowhere.

    They are never deleted: another catalogue, of another user or from before a loss, may know them.
    """
    # Read after the directories: whatever is made is recorded before it is made.
    images, salvage = scene.tools.images, scene.tools.catalogue.salvage
    known = {images.resolved(path) for path in salvage.recorded_files()}
    named = {images.resolved(path) for domain in scene.domains.values() for path in paths_in(domain.xml)}
    wanted = scene.out.reference.name if scene.out.reference else ""
    for image in sorted(scene.graph, key=lambda image: image.path):
        name = posixpath.basename(image.path)
        if image.path in known or image.path in named or not looks_like_ours(name, wanted):
            continue
        if image.there and not scene.graph.users(image.path) and images.allocated_bytes([image.path]):
            yield _orphan(scene, image.path, image.bytes)


def _orphan(scene: Scene, path: str, size: int) -> Finding:
    above = scene.graph.overlays(path)
    why = (
        f"it is called like a file of ours and takes {size} bytes, but no machine names it and nothing has recorded it"
    )
    remedy = f"Look at it with qemu-img info; if nobody needs it, delete it yourself: rm -- {quote(path)}"
    if above:
        why += f"; {above[0]} stands on it"
        remedy = f"Look at both with qemu-img info; {path} is of use as long as {above[0]} is."
    return Finding(FindingKind.ORPHAN_FILE, path, why, remedy=remedy)
