"""Bundle the adapters that use cases work with."""

from dataclasses import dataclass

from .ports import Catalogue, Hypervisor, ImageStore

__all__ = ["Tools"]


@dataclass(frozen=True)
class Tools:
    """One hypervisor, the place for its images and the memory of what was made."""

    hypervisor: Hypervisor
    images: ImageStore
    catalogue: Catalogue
