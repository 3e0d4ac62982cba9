"""Look at the images of a host through its storage pools, and leave them as they are."""

import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any

from qq2clone_tui.domain.errors import BadArgument, Qq2cloneError
from qq2clone_tui.domain.image_graph import Image

from .binding import libvirt
from .errors import translated
from .lender import Lender
from .volume_reading import plain, read_volume
from .volume_xml import volume_facts
from .volumes import find_volume, kind_of, pool_of, refresh

__all__ = ["PoolSealing", "PoolSurvey"]

_FRESH_SECONDS = 1.0
"""How long an answer serves: every volume is a call, and nothing tells which have changed."""


class PoolSurvey:
    """Implement ``engine.ports.survey.ImageSurvey`` with volumes.

    Args:
        lender: lends connections to the hypervisor.
    """

    def __init__(self, lender: Lender) -> None:
        self._lender = lender
        self._lock = threading.Lock()
        self._seen: dict[tuple[frozenset[str], frozenset[str]], tuple[float, Mapping[str, Image]]] = {}

    def look(self, directories: Iterable[str], paths: Iterable[str]) -> Mapping[str, Image]:
        """Return every image in some directories and at some paths, with all they stand on."""
        key = frozenset(map(plain, directories)), frozenset(map(plain, paths))
        with self._lock:
            known = self._seen.get(key)
            if known is None or time.monotonic() - known[0] > _FRESH_SECONDS:
                known = (time.monotonic(), self._look(*key))
                self._seen = {key: known}
        return known[1]

    def _look(self, directories: Iterable[str], paths: Iterable[str]) -> Mapping[str, Image]:
        found: dict[str, Image] = {}
        with translated("cannot look at the images", ""), self._lender.lease() as connection:
            for directory in directories:
                for path, volume in _volumes(connection, directory):
                    _note(found, path, volume)
            following = list(paths) + [image.backing for image in found.values() if image.backing]
            while following:
                path = following.pop()
                if path not in found:
                    _note(found, path, find_volume(connection, path))
                    following += [found[path].backing] if path in found and found[path].backing else []
        return found


class PoolSealing:
    """Implement ``engine.ports.sealing.Sealing`` where modes cannot be changed: libvirt has no call for it.

    Args:
        lender: lends connections to the hypervisor.
    """

    def __init__(self, lender: Lender) -> None:
        self._lender = lender

    def seal(self, path: str) -> str:
        """Return the stamp of a file."""
        with translated("cannot read the image", path), self._lender.lease() as connection:
            return read_volume(connection, path, "").stamp

    def unseal(self, path: str) -> None:
        """Do nothing: it was never sealed."""

    def commit(self, overlay: str, overlay_format: str, base: str) -> None:  # noqa: ARG002 - the port's parameters
        """Refuse: libvirt cannot do it while no machine runs."""
        raise BadArgument(
            "cannot write the changes into the image",
            subject=base,
            why="it lies on another host, where libvirt cannot do that",
            remedy="Commit them as a new version.",
        )


def _volumes(connection: Any, directory: str) -> Iterator[tuple[str, Any]]:
    pool = None
    with suppress(libvirt.libvirtError, Qq2cloneError):
        pool = pool_of(connection, directory)
    if pool is not None:
        refresh(pool)  # what others made there without libvirt's knowledge counts as well
        for volume in pool.listAllVolumes(0):
            with suppress(libvirt.libvirtError):  # it went away meanwhile
                yield plain(volume.path()), volume


def _note(found: dict[str, Image], path: str, volume: Any) -> None:
    try:
        if kind_of(volume) in (libvirt.VIR_STORAGE_VOL_FILE, libvirt.VIR_STORAGE_VOL_BLOCK):
            facts = volume_facts(volume.XMLDesc(0), path)
            found[path] = Image(path, plain(facts.backing) if facts.backing else "", facts.actual_size)
    except (libvirt.libvirtError, Qq2cloneError):
        return
