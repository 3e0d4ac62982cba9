"""Recognise files that are surely no raw disk, though qemu-img would take them for one."""

__all__ = ["wrong_kind"]

MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\x1f\x8b", "a gzip archive"),
    (b"\xfd7zXZ\x00", "an xz archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\x28\xb5\x2f\xfd", "a zstandard archive"),
    (b"PK\x03\x04", "a zip archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-zip archive"),
    (b"\x7fELF", "a program"),
    (b"%PDF-", "a PDF document"),
    (b"\x89PNG", "a picture"),
)

PLAIN_TEXT_CONTROLS = frozenset(b"\t\n\r\f\x1b")


def wrong_kind(head: bytes) -> str:
    """Return what a file with this beginning is ("an xz archive"), or nothing if it may be a disk."""
    for magic, kind in MAGIC:
        if head.startswith(magic):
            return kind
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"<?xml", b"<domain")):
        return "an XML file"
    # A disk begins with a boot sector, a partition table or zeros: never with text alone.
    if head and all(byte >= 0x20 or byte in PLAIN_TEXT_CONTROLS for byte in head) and _is_utf8(head):
        return "a text file"
    return ""


def _is_utf8(head: bytes) -> bool:
    try:
        head.decode()
    except UnicodeDecodeError as error:
        # The last character may have been cut in two.
        return error.start >= len(head) - 3
    return True
