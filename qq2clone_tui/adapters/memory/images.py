"""Play a directory of images in memory."""

import posixpath
import threading
from collections.abc import Iterable, Mapping
from dataclasses import replace

from qq2clone_tui.domain.disk import ImageFacts, ImageKind, ImageSpec
from qq2clone_tui.domain.errors import AccessError
from qq2clone_tui.domain.image_graph import Image
from qq2clone_tui.domain.room import Room
from qq2clone_tui.engine.ports.inspection import Inspection
from qq2clone_tui.engine.ports.merging import Merging

from .kept_states import MemoryKeptStates
from .merging import MemoryMerging

__all__ = ["MemoryEraser", "MemoryImages"]

_EMPTY_QCOW2_BYTES = 200 * 1024


class MemoryImages:
    """Files that are only facts. Implements ``ports.ImageStore``.

    Args:
        place: the directory it plays.
        free, total: bytes that are free there, and that there are.

    Attributes:
        facts: every existing file by path.
        writers: files that a machine outside this world writes to.
        deleted: every path that was to be deleted, there or not.
        eraser: what overwrites files here.
        kept: what tells which states images hold inside themselves.
        inspection: what looks at single files closely; nothing does here.
        merging: what makes one image of several.
        sealing, survey: what closes images, and looks at many at once.
        sealed: the files that are closed.
        file_system: the room there is.
        full: while True nothing can be created, as on a full file system.
    """

    def __init__(self, place: str = "/srv/clones", free: int = 812 << 30, total: int = 2 << 40) -> None:
        self._place = place
        self.file_system = Room(free, total)
        self._lock = threading.Lock()
        self.facts: dict[str, ImageFacts] = {}
        self.writers: set[str] = set()
        self.deleted: set[str] = set()
        self.full = False
        self.sealed: set[str] = set()
        self.eraser = MemoryEraser(self)
        self.kept = MemoryKeptStates()
        self.inspection: Inspection | None = None
        self.merging: Merging | None = MemoryMerging(self)
        self.sealing = MemorySealing(self)
        self.survey = MemorySurvey(self)

    @property
    def place(self) -> str:
        """Return the directory it plays."""
        return self._place

    def check_ready(self) -> None:
        """Accept: memory is always there."""

    def room(self) -> Room:
        """Return the room it was given."""
        return self.file_system

    def probe(self, path: str) -> ImageFacts:
        """Return the facts of a file."""
        facts = self.facts.get(path)
        if facts is None:
            raise AccessError("cannot read the image", subject=path, why="No such file or directory")
        return facts

    def allocated_bytes(self, paths: Iterable[str]) -> Mapping[str, int]:
        """Return the sizes of those that exist."""
        return {path: self.facts[path].actual_size for path in paths if path in self.facts}

    def create(self, spec: ImageSpec) -> None:
        """Make a file that must not exist."""
        with self._lock:
            if self.full:
                raise AccessError("cannot make the image", subject=spec.path, why="No space left on device")
            if spec.path in self.facts:
                raise AccessError("cannot make the image", subject=spec.path, why="File exists")
            backing = spec.base if spec.kind is ImageKind.OVERLAY else None
            kind = "raw" if spec.kind is ImageKind.FILE else "qcow2"
            self.facts[spec.path] = ImageFacts(spec.path, kind, spec.size, _EMPTY_QCOW2_BYTES, backing, stamp="new")

    def delete(self, path: str) -> None:
        """Delete a file; a missing one is no error."""
        self.deleted.add(path)
        with self._lock:
            self.facts.pop(path, None)

    def resolved(self, path: str) -> str:
        """Return the path in its plain form: there are no links here."""
        return posixpath.normpath(path)

    def stands_on(self, path: str) -> tuple[str, ...]:
        """Return a file and those below it."""
        facts = self.facts.get(self.resolved(path))
        below = self.stands_on(facts.backing) if facts is not None and facts.backing else ()
        return (self.resolved(path), *below)

    def written(self, path: str) -> bool:
        """Tell whether the file is one of ``writers``."""
        return path in self.writers

    def elsewhere(self, directory: str) -> "MemoryImages":
        """Return a store of another directory over the same files."""
        store = MemoryImages(directory, self.file_system.free, self.file_system.total)
        store.facts, store.writers, store.sealed = self.facts, self.writers, self.sealed
        return store


class MemoryEraser:
    """Overwriting that is only noted. Implements ``ports.Eraser``.

    Attributes:
        overwritten: path and passes of every file that was overwritten, in order.
    """

    def __init__(self, images: MemoryImages) -> None:
        self._images = images
        self.overwritten: list[tuple[str, int]] = []

    def check(self, path: str) -> bool:
        """Tell whether there is a file; those in ``writers`` may not be overwritten."""
        if path in self._images.writers:
            raise AccessError("cannot overwrite the image", subject=path, why="Permission denied")
        return path in self._images.facts

    def overwrite(self, path: str, passes: int) -> None:
        """Note that a file was overwritten."""
        if path in self._images.facts:
            self.overwritten.append((path, passes))

    def doubts(self) -> tuple[str, ...]:
        """Doubt nothing."""
        return ()


class MemorySealing:
    """Closing that is only noted. Implements ``engine.ports.sealing.Sealing``."""

    def __init__(self, images: MemoryImages) -> None:
        self._images = images

    def seal(self, path: str) -> str:
        """Note that a file is closed, and return its stamp."""
        self._images.sealed.add(path)
        return self._images.probe(path).stamp

    def unseal(self, path: str) -> None:
        """Note that it is not."""
        self._images.sealed.discard(path)

    def commit(self, overlay: str, overlay_format: str, base: str) -> None:  # noqa: ARG002 - the port's parameters
        """Give the image below another stamp."""
        facts = self._images.probe(base)
        self._images.facts[base] = replace(facts, stamp=f"{facts.stamp}+")


class MemorySurvey:
    """A look at the files in memory. Implements ``engine.ports.survey.ImageSurvey``."""

    def __init__(self, images: MemoryImages) -> None:
        self._images = images

    def look(self, directories: Iterable[str], paths: Iterable[str]) -> Mapping[str, Image]:
        """Return every file in some directories and at some paths, with all they stand on."""
        wanted, facts = set(directories), self._images.facts
        chosen = [path for path in facts if posixpath.dirname(path) in wanted]
        below = [each for path in (*chosen, *paths) for each in self._images.stands_on(path)]
        return {
            path: Image(path, facts[path].backing or "", facts[path].actual_size) for path in below if path in facts
        }
