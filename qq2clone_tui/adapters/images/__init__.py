"""Make, read and delete disk images in a directory this process can write to."""

from .local import LocalImages

__all__ = ["LocalImages"]
