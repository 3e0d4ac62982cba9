"""Find what is wrong between what is recorded, what the hypervisor has and what lies on the disk, and mend it."""

from .check import Checking

__all__ = ["Checking"]
