"""Hold a picture of a machine's screen as the hypervisor gave it."""

from dataclasses import dataclass

__all__ = ["Screenshot"]


@dataclass(frozen=True, slots=True)
class Screenshot:
    """One picture of one screen; hostile input until it has been decoded.

    Args:
        mime: its media type as the hypervisor names it, mostly ``image/png`` or ``image/x-portable-pixmap``.
        data: the bytes of the picture.
    """

    mime: str
    data: bytes
