"""Run libvirt's default event loop on one thread for the whole process."""

import logging
import threading

from .binding import libvirt

__all__ = ["ensure_running"]

_log = logging.getLogger(__name__)
_lock = threading.Lock()
_threads: list[threading.Thread] = []


def ensure_running() -> None:
    """Register and start the event loop, unless it is running already.

    It must run before the first connection is opened: the embedded driver refuses to start
    without one, and keep-alive messages would never be sent.
    Source: https://libvirt.org/html/libvirt-libvirt-event.html
    """
    with _lock:
        if _threads:
            return
        libvirt.virEventRegisterDefaultImpl()
        thread = threading.Thread(target=_run, name="libvirt-events", daemon=True)
        thread.start()
        _threads.append(thread)


def _run() -> None:
    pause = threading.Event()
    while True:
        try:
            libvirt.virEventRunDefaultImpl()
        except libvirt.libvirtError:
            _log.exception("one turn of libvirt's event loop failed")
            pause.wait(0.1)  # a loop that fails at once, over and over, must not eat a CPU
