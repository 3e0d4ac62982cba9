"""Measure what versions and their clones take on disk."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from qq2clone_tui.domain.template import Template
from qq2clone_tui.engine.images.drift import drift_of
from qq2clone_tui.engine.tools import Tools

__all__ = ["Space", "VersionSpace"]


@dataclass(frozen=True, slots=True)
class VersionSpace:
    """What a version takes.

    Args:
        own: bytes of the images that were made for it.
        clones: bytes of the files of its clones, beside that.
        drift: why its images are not what they were, a clause each.
    """

    own: int = 0
    clones: int = 0
    drift: tuple[str, ...] = ()


class Space:
    """The bytes that templates take.

    Args:
        tools: the adapters.
    """

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    def of(self, templates: Iterable[Template]) -> Mapping[tuple[str, int], VersionSpace]:
        """Return what each version takes, by template and number."""
        images, clones = self._tools.images, Counter[tuple[str, int]]()
        records = self._tools.catalogue.clones()
        sizes = images.allocated_bytes(path for record in records for path in record.files)
        for record in records:
            which = record.identity.template, record.identity.version
            clones[which] += sum(sizes.get(path, 0) for path in record.files)
        return {
            (template.name, version.number): VersionSpace(
                sum(images.allocated_bytes(version.owned_files).values()),
                clones[template.name, version.number],
                drift_of(images, version.watched),
            )
            for template in templates
            for version in template.history
        }
