"""Stand between a client and a daemon's socket, to cut single connections."""

import socket
import threading
from contextlib import suppress
from pathlib import Path


class SocketProxy:
    """Forwards each connection to a socket; ``cut`` breaks one of them as a failing network would."""

    def __init__(self, path: Path, target: Path) -> None:
        self._target = target
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._door = socket.socket(socket.AF_UNIX)
        self._door.bind(str(path))
        self._door.listen()
        threading.Thread(target=self._admit, daemon=True).start()

    @property
    def count(self) -> int:
        """How many connections were ever made through it."""
        return len(self._pairs)

    def cut(self, number: int) -> None:
        """Break the connection that was made as the ``number``-th, from nought."""
        for end in self._pairs[number]:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Break all and admit no more."""
        with suppress(OSError):
            self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()
        for number in range(len(self._pairs)):
            self.cut(number)

    def _admit(self) -> None:
        while True:
            try:
                near, _ = self._door.accept()
            except OSError:
                return
            far = socket.socket(socket.AF_UNIX)
            far.connect(str(self._target))
            self._pairs.append((near, far))
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=_pump, args=(source, sink), daemon=True).start()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while block := source.recv(65536):
            sink.sendall(block)
    for end in (source, sink):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
