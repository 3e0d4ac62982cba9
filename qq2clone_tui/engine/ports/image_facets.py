"""Declare what a store of images offers beside making and deleting files, one Protocol for each side of it."""

from typing import Protocol

from .inspection import Inspection
from .kept_states import KeptStates
from .merging import Merging
from .sealing import Sealing
from .survey import ImageSurvey

__all__ = ["Eraser", "ImageFacets"]


class Eraser(Protocol):
    """Overwrites files of this host, so that what they held cannot be read any more."""

    def check(self, path: str) -> bool:
        """Tell whether there is a file, and refuse one that must not or cannot be overwritten.

        Raises:
            WrongFileKind: it is no regular file, or has other names.
            AccessError: it may not be written to.
        """

    def overwrite(self, path: str, passes: int) -> None:
        """Overwrite a file so often with random bytes, then with zeros; a missing one is no error."""

    def doubts(self) -> tuple[str, ...]:
        """Return why overwriting may leave what was in the files of the place, as clauses."""


class ImageFacets(Protocol):
    """The sides of a store of images, each reached through a property of its own."""

    @property
    def eraser(self) -> Eraser | None:
        """What overwrites files here; None where this process has no access to them."""

    @property
    def inspection(self) -> Inspection | None:
        """What looks at single files closely; None where the files cannot be reached."""

    @property
    def merging(self) -> Merging | None:
        """What makes one image of several here; None where the files cannot be reached."""

    @property
    def sealing(self) -> Sealing:
        """What closes images for good."""

    @property
    def kept(self) -> KeptStates:
        """What tells which states images hold inside themselves."""

    @property
    def survey(self) -> ImageSurvey:
        """What looks at many images at once."""
