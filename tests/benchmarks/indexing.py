"""Measure the index of images: from cold, and after something has changed."""

import os
from collections.abc import Callable, Iterable
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from qq2clone_tui.adapters.images.local import LocalImages
from qq2clone_tui.adapters.libvirt.binding import libvirt
from qq2clone_tui.bootstrap import Options, open_session
from qq2clone_tui.domain.disk import ImageKind, ImageSpec
from qq2clone_tui.domain.image_graph import ImageGraph
from qq2clone_tui.engine.index.image_index import ImageIndex

from .figures import Figure, Result
from .hypervisors import Ground
from .stage import TEMPLATE, Stage, run
from .watch import Seconds, say, timed

__all__ = ["measure"]

CLONES = 1000
IMAGES = 10_000
ROUNDS = 9
COLD_ROUNDS = 3
_NAME = f"index of {CLONES} clones"
_AMONG = f"index of {CLONES} clones among {IMAGES} images"
_MOST = (2.0, 10.0)
"""Seconds from cold, and milliseconds after a change."""
_MOST_AMONG = (5.0, 200.0)
"""Of so many nothing is promised but that it is quick: each header is read, then each time stamp looked at."""
_STRANGER = """<domain type='qemu'><name>qqbench-stranger</name><memory unit='MiB'>32</memory><os><type>hvm</type></os>
<devices><disk type='file'><driver name='qemu' type='qcow2'/><source file='{}'/><target dev='vda'/></disk></devices>
</domain>"""


@dataclass(frozen=True)
class _World:
    """What can be changed, and the index that is to notice.

    Args:
        stage: where the clones are.
        index: asked again and again.
        base: path of the image that all stand on.
        other: another program's connection.
    """

    stage: Stage
    index: ImageIndex
    base: ImageSpec
    other: "libvirt.virConnect"

    def image(self) -> Seconds:
        """Return how long the index took after another program had made an overlay."""
        LocalImages(Path(self.base.path).parent).create(self.base)
        taken = self._noticed(lambda graph: graph.image(self.base.path).there)
        Path(self.base.path).unlink()
        return taken

    def machine(self) -> Seconds:
        """Return how long the index took after another program had defined a machine."""
        domain = self.other.defineXML(_STRANGER.format(self.base.base))
        taken = self._noticed(lambda graph: "qqbench-stranger" in _names(graph, self.base.base))
        domain.undefine()
        return taken

    def clone(self) -> Seconds:
        """Return how long the index took after a clone had been made."""
        session = self.stage.session
        plan = session.plan_clone(TEMPLATE, 1)
        run(session, plan)
        (step,) = plan.steps
        taken = self._noticed(lambda graph: bool(graph.paths_of(step.uuid)))
        session.inventory.refresh()
        run(session, session.plan_remove([step.uuid]))
        return taken

    def _noticed(self, shows: Callable[[ImageGraph], bool]) -> Seconds:
        """Return how long the first answer took in which a change shows; events take a moment to arrive."""
        answers: list[ImageGraph] = []
        while True:
            taken = timed(lambda: answers.append(self.index.graph(by_events=True)))
            if shows(answers.pop()):
                return taken


def measure(ground: Ground) -> list[Result]:
    """Return the figures of the index."""
    return ground.on_each(_on_one, _NAME)


def _on_one(stage: Stage) -> list[Result]:
    run(stage.session, stage.session.plan_clone(TEMPLATE, CLONES))
    base = next(one for one in stage.session.templates() if one.name == TEMPLATE).disks[0]
    store = LocalImages(Path(stage.session.storage))
    spec = ImageSpec(f"{store.place}/other.qcow2", ImageKind.OVERLAY, base.image, base.format, base.virtual_size)
    few = _figures(stage, spec, _NAME, _MOST)
    strangers = [f"{store.place}/strange-{number}.qcow2" for number in range(IMAGES - CLONES)]
    for path in strangers:
        store.create(ImageSpec(path, spec.kind, spec.base, spec.base_format, spec.size))
    many = _figures(stage, spec, _AMONG, _MOST_AMONG)
    for path in strangers:
        store.delete(path)
    return [*few, *many]


def _figures(stage: Stage, spec: ImageSpec, name: str, most: tuple[float, float]) -> list[Result]:
    # The best of each: what made others slower was the host's other work.
    cold = min([_cold(stage.options, Path(spec.path).parent) for _ in range(COLD_ROUNDS)])
    other = libvirt.open(stage.session.uri)
    try:
        with closing(open_session(stage.options)) as session:
            world = _World(stage, session._tools.index, spec, other)
            world.index.graph()
            changed = {
                what: min([change() for _ in range(ROUNDS)])
                for what, change in (("image", world.image), ("machine", world.machine), ("clone", world.clone))
            }
    finally:
        other.close()
    note = ", ".join(f"another {what} {taken * 1000:.1f} ms" for what, taken in changed.items())
    say(f"{stage.name}: {name} from cold {cold:.2f} s; {note}")
    slowest = 1000 * max(changed.values())
    return [
        Figure(f"{name}, from cold ({stage.name})", cold, most[0], "s", at_most=True),
        Figure(f"{name}, after a change ({stage.name})", slowest, most[1], "ms", at_most=True, note=note),
    ]


def _cold(options: Options, place: Path) -> Seconds:
    """Return how long the first answer takes in a session that knows nothing, from files that no cache holds."""
    _forget(place.iterdir())
    with closing(open_session(options)) as session:
        return timed(session._tools.index.graph)


def _forget(paths: Iterable[Path]) -> None:
    os.sync()
    for path in paths:
        with suppress(OSError), path.open("rb") as file:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _names(graph: ImageGraph, path: str) -> set[str]:
    return {user.name for user in graph.direct_users(path)}
