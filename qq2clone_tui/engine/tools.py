"""Bundle the adapters that use cases work with."""

import posixpath
from dataclasses import dataclass, field

from .at_work import AtWork
from .ports import Catalogue, Hypervisor, ImageStore
from .programs import Programs

__all__ = ["Tools"]


@dataclass(frozen=True)
class Tools:
    """One hypervisor, the place for its images and the memory of what was made."""

    hypervisor: Hypervisor
    images: ImageStore
    catalogue: Catalogue
    programs: Programs = field(default_factory=Programs)
    at_work: AtWork = field(default_factory=AtWork)

    def delete_file(self, path: str) -> None:
        """Delete a file recorded as ours, also one made while the storage setting named another place."""
        directory = posixpath.dirname(path)
        store = self.images if directory == self.images.place else self.images.elsewhere(directory)
        store.delete(path)
