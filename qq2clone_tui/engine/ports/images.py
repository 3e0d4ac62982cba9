"""Declare how image files are made, looked at and deleted."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from qq2clone_tui.domain.disk import ImageFacts, ImageSpec
from qq2clone_tui.domain.room import Room

from .image_facets import ImageFacets

__all__ = ["ImageStore"]


class ImageStore(ImageFacets, Protocol):
    """The place where new images go, and what can be asked about existing ones."""

    @property
    def place(self) -> str:
        """Absolute directory in which new files are made."""

    def check_ready(self) -> None:
        """Raise AccessError unless files can be made here: exists or can be made, writable, not hidden."""

    def room(self) -> Room | None:
        """Return how much room the place has; None where only making something could tell."""

    def probe(self, path: str) -> ImageFacts:
        """Return the facts of an image.

        Raises:
            AccessError: it is missing or unreadable.
            WrongFileKind: it is no disk image.
        """

    def allocated_bytes(self, paths: Iterable[str]) -> Mapping[str, int]:
        """Return the bytes each existing path takes on disk; missing paths are left out."""

    def create(self, spec: ImageSpec) -> None:
        """Make one file with mode 0600; it must not exist. On failure nothing is left."""

    def delete(self, path: str) -> None:
        """Delete one file inside the place; a missing file is no error, a path outside it is."""

    def resolved(self, path: str) -> str:
        """Return the one name that every name of the file resolves to, as far as can be told from here."""

    def stands_on(self, path: str) -> Sequence[str]:
        """Return an image and the files below it, top first, each resolved; what cannot be read ends it."""

    def written(self, path: str) -> bool:
        """Tell whether a QEMU, also of another hypervisor, has the file open for writing, where that can be told."""

    def elsewhere(self, directory: str) -> "ImageStore":
        """Return the store of another directory, where clones were made under another setting."""
