"""Let what commands have printed so far be read while they run."""

import threading

from qq2clone_tui.domain.outcome import Output

from .kept_output import KeptOutput

__all__ = ["LiveOutput"]

_KEEP_BYTES = 40 << 10


class LiveOutput:
    """What the commands under way of one run have printed; safe to share between threads."""

    def __init__(self) -> None:
        self._streams: dict[str, tuple[KeptOutput, KeptOutput]] = {}
        self._lock = threading.Lock()

    def take(self, uuid: str, is_error: bool, piece: bytes) -> None:
        """Take the next piece of a machine's command."""
        with self._lock:
            if uuid not in self._streams:
                self._streams[uuid] = (KeptOutput(_KEEP_BYTES), KeptOutput(_KEEP_BYTES))
            self._streams[uuid][is_error].take(piece)

    def read(self, uuid: str) -> tuple[Output, Output]:
        """Return standard output and standard error of a machine's command so far."""
        with self._lock:
            streams = self._streams.get(uuid)
            return (streams[0].output(), streams[1].output()) if streams else (Output(), Output())

    def drop(self, uuid: str) -> None:
        """Forget a machine whose command has ended."""
        with self._lock:
            self._streams.pop(uuid, None)
