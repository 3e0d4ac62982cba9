"""Write what other programs printed: as it is into files and pipes, harmless on a terminal."""

import codecs
import threading
from typing import BinaryIO, TextIO

from .output import printable

__all__ = ["RawOutput"]


class RawOutput:
    """One of our own streams, as a place for other programs' output.

    On a terminal only line ends and tabs are obeyed; whatever else could steer it is shown as an
    escape, for a log or a guest may have put it there.

    Args:
        stream: standard output or standard error.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._terminal = stream.isatty()
        self._decoders: dict[str, codecs.IncrementalDecoder] = {}
        self._lock = threading.Lock()

    def put(self, piece: bytes, source: str = "", *, last: bool = True) -> None:
        """Write some bytes.

        Args:
            piece: the bytes.
            source: tells apart those whose characters may come in pieces.
            last: False when more of the same source follows.
        """
        with self._lock:
            if self._terminal:
                self._stream.write(_harmless(self._decoded(piece, source, last=last)))
            else:
                self._put_raw(piece)
            self._stream.flush()

    def _decoded(self, piece: bytes, source: str, *, last: bool) -> str:
        decoder = self._decoders.pop(source, None) or codecs.getincrementaldecoder("utf-8")("replace")
        if not last:
            self._decoders[source] = decoder
        return decoder.decode(piece, last)

    def _put_raw(self, piece: bytes) -> None:
        raw: BinaryIO | None = getattr(self._stream, "buffer", None)
        self._stream.flush()
        if raw is None:
            self._stream.write(piece.decode(errors="replace"))
        else:
            raw.write(piece)


def _harmless(text: str) -> str:
    """Return the text with line ends, tabs and returns to the start of the line, and no other control character."""
    if text.isprintable():
        return text
    return "".join(char if char in "\n\t\r" else printable(char) for char in text)
