"""Bundle the adapters that use cases work with."""

import posixpath
from dataclasses import dataclass, field

from .at_work import AtWork
from .index.image_index import ImageIndex
from .ports.catalogue import Catalogue
from .ports.hypervisor import Hypervisor
from .ports.images import ImageStore
from .ports.programs import Programs

__all__ = ["Tools"]


@dataclass(frozen=True)
class Tools:
    """One hypervisor, the place for its images and the memory of what was made.

    Attributes:
        index: what stands on what, and who uses it.
    """

    hypervisor: Hypervisor
    images: ImageStore
    catalogue: Catalogue
    programs: Programs = field(default_factory=Programs)
    at_work: AtWork = field(default_factory=AtWork)
    index: ImageIndex = field(init=False)

    def __post_init__(self) -> None:
        # The class is frozen for those who use it, not for its own making.
        object.__setattr__(self, "index", ImageIndex(self.hypervisor, self.images, self.catalogue))

    def store_of(self, path: str) -> ImageStore:
        """Return the store of the directory that a file recorded as ours is in."""
        directory = posixpath.dirname(path)
        return self.images if directory == self.images.place else self.images.elsewhere(directory)

    def delete_file(self, path: str) -> None:
        """Delete a file recorded as ours, also one made while the storage setting named another place."""
        self.store_of(path).delete(path)
