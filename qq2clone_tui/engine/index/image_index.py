"""Keep the index of all images: what stands on what, and who uses it; brought up to date at every question."""

import threading
import time
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from qq2clone_tui.domain.clone import Holding
from qq2clone_tui.domain.image_graph import ImageGraph
from qq2clone_tui.domain.template import Template
from qq2clone_tui.engine.ports.catalogue import Catalogue
from qq2clone_tui.engine.ports.hypervisor import Hypervisor
from qq2clone_tui.engine.ports.images import ImageStore

from .domain_disks import DomainDisks, UsedFiles
from .image_users import ImageUsers

__all__ = ["ImageIndex"]

_NO_MACHINES: Mapping[str, UsedFiles] = MappingProxyType({})


class ImageIndex:
    """Joins what the catalogue has recorded, what the machines' XML names, and what the images' headers say.

    Args:
        hypervisor, images, catalogue: asked.
    """

    def __init__(self, hypervisor: Hypervisor, images: ImageStore, catalogue: Catalogue) -> None:
        self._images = images
        self._catalogue = catalogue
        self._disks = DomainDisks(hypervisor)
        self._revision: int | None = None
        self._templates: list[Template] = []
        self._holdings: dict[str, Holding] = {}
        self._users = {machines: ImageUsers(images) for machines in (True, False)}
        self._answers: dict[tuple[bool, bool], tuple[float, ImageGraph]] = {}
        self._lock = threading.Lock()

    def follow(self) -> None:
        """Follow the hypervisor's events from now on, and not only from the first question."""
        self._disks.follow()

    def stop(self) -> None:
        """Follow the hypervisor's events no more."""
        self._disks.stop()

    def graph(self, *, machines: bool = True, by_events: bool = False) -> ImageGraph:
        """Return the index as it is now; what has not changed since the last question is not read again.

        Args:
            machines: also ask which disks the host's machines have; without, only what we have
                recorded and the headers of the images count, which is much quicker from cold.
            by_events: trust that the hypervisor tells of every change. It does not, see ``DomainDisks``:
                enough to show things, not for who is about to write or delete.

        Raises:
            HypervisorError, AccessError: something that has to be known cannot be.
        """
        asked, question = time.monotonic(), (machines, by_events)
        with self._lock:
            began, answer = self._answers.get(question, (0.0, None))
            if answer is None or began < asked:
                # Else another thread has worked it out since: it is as it was at some time after we asked.
                began = time.monotonic()
                answer = self._worked_out(machines, by_events)
                self._answers[question] = (began, answer)
            return answer

    def _worked_out(self, machines: bool, by_events: bool) -> ImageGraph:
        domains = self._disks.current(afresh=not by_events) if machines else _NO_MACHINES
        self._read_catalogue()
        users = self._users[machines]
        users.update(self._templates, self._holdings, domains)
        found = self._images.survey.look(users.directories, users.by_path)
        return ImageGraph(found, users.by_path)

    def _read_catalogue(self) -> None:
        """Read the catalogue anew if any process has changed it; what is as it was stays the same object."""
        # The revision is taken first: a change in between is then read once more, never missed.
        revision = self._catalogue.revision()
        if revision == self._revision:
            return
        templates, before = self._catalogue.templates(), self._holdings
        self._templates = self._templates if _known(templates) == _known(self._templates) else templates
        self._holdings = {
            one.uuid: known if (known := before.get(one.uuid)) == one else one
            for one in self._catalogue.renewals.holdings()
        }
        self._revision = revision


def _known(templates: Sequence[Template]) -> list[object]:
    """Return all of templates that counts here; templates themselves are the same whatever versions they have had."""
    return [(template, template.versions, template.inherited) for template in templates]
