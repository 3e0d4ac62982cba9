"""Keep the beginning and the end of what is printed, however much that is."""

from hashlib import blake2b

from qq2clone_tui.domain.outcome import Output

__all__ = ["KeptOutput"]


class KeptOutput:
    """One stream of a command, of which a bounded number of bytes is kept; used by one thread at a time.

    Args:
        keep_bytes: bytes to keep: four fifths for the beginning, the rest for the end.
    """

    def __init__(self, keep_bytes: int) -> None:
        self._most_head = keep_bytes * 4 // 5
        self._most_tail = max(1, keep_bytes - self._most_head)
        self._head = bytearray()
        self._tail = bytearray()
        self._total = 0
        self._digest = blake2b(digest_size=16)

    def take(self, piece: bytes) -> None:
        """Take the next piece."""
        self._total += len(piece)
        room = self._most_head - len(self._head)
        if room > 0:
            self._head += piece[:room]
            piece = piece[room:]
        if piece:
            self._digest.update(piece)
            self._tail += piece
            if len(self._tail) > 2 * self._most_tail:
                del self._tail[: -self._most_tail]

    def output(self) -> Output:
        """Return what was kept so far."""
        head, tail = bytes(self._head), bytes(self._tail[-self._most_tail :])
        left_out = self._total > len(head) + len(tail)
        return Output(head, tail, self._total, self._digest.digest() if left_out else b"")
