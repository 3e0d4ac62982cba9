"""Declare how image files are looked at in bulk."""

from collections.abc import Iterable, Mapping
from typing import Protocol

from qq2clone_tui.domain.image_graph import Image

__all__ = ["ImageSurvey"]


class ImageSurvey(Protocol):
    """Reads which image files there are and what each stands on, from their own headers."""

    def look(self, directories: Iterable[str], paths: Iterable[str]) -> Mapping[str, Image]:
        """Return every image in some directories and at some paths, with all they stand on, by resolved path.

        What is unchanged since the last look is not read again. What cannot be read is left out, and a
        directory that cannot is passed over.

        Args:
            directories: absolute; not searched below.
            paths: absolute.
        """
