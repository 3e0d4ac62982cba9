"""Assemble the few 16-bit x86 instructions that a boot sector needs.

Encodings: Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2. Operands are
register names, numbers, labels (their address) and ``[label]`` (the byte or word kept there).
"""

from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["assemble"]

WORD_REGISTERS = ("ax", "cx", "dx", "bx", "sp", "bp", "si", "di")
BYTE_REGISTERS = ("al", "cl", "dl", "bl", "ah", "ch", "dh", "bh")
SEGMENT_REGISTERS = ("es", "cs", "ss", "ds")

FIXED = {
    "cld": 0xFC,
    "hlt": 0xF4,
    "in ax, dx": 0xED,
    "lodsb": 0xAC,
    "out dx, ax": 0xEF,
    "popa": 0x61,
    "pusha": 0x60,
    "ret": 0xC3,
    "sti": 0xFB,
}
"""Instructions that are one byte and nothing else."""

SHORT_JUMPS = {"jmp": 0xEB, "jc": 0x72, "jz": 0x74, "jnz": 0x75}

WORD_AND_WORD = {"test": 0x85, "xor": 0x31}
"""Opcode for ``mnemonic word-register, word-register``."""

BYTE_AND_NUMBER = {
    "add": (0x80, 0),
    "and": (0x80, 4),
    "cmp": (0x80, 7),
    "shr": (0xC0, 5),
    "test": (0xF6, 0),
}
"""Opcode and opcode extension for ``mnemonic byte-register, number``."""


@dataclass(frozen=True, slots=True)
class _Owed:
    """A label's address, or the distance to it, to be filled in once all labels are known."""

    label: str
    width: int
    relative: bool = False


Piece = bytes | _Owed


def assemble(source: str, origin: int) -> bytes:
    """Return the machine code of an assembly text that will be loaded at address ``origin``.

    Raises:
        ValueError: an instruction, operand or label is not known, or a short jump is too far.
    """
    pieces: list[Piece] = []
    labels: dict[str, int] = {}
    address = origin
    for line in source.splitlines():
        text = " ".join(line.partition(";")[0].split())
        label, colon, rest = text.partition(":")
        if colon and label.isidentifier():
            labels[label] = address
            text = rest.strip()
        fresh = list(_encode(text)) if text else []
        pieces += fresh
        address += sum(map(_width, fresh))
    return _link(pieces, labels, origin)


def _width(piece: Piece) -> int:
    return piece.width if isinstance(piece, _Owed) else len(piece)


def _link(pieces: list[Piece], labels: dict[str, int], origin: int) -> bytes:
    code = bytearray()
    for piece in pieces:
        if isinstance(piece, bytes):
            code += piece
            continue
        if piece.label not in labels:
            raise ValueError(f"{piece.label!r} is neither a number nor a label")
        after = origin + len(code) + piece.width
        value = labels[piece.label] - (after if piece.relative else 0)
        try:
            code += value.to_bytes(piece.width, "little", signed=piece.relative)
        except OverflowError as error:
            raise ValueError(f"{piece.label!r} is out of reach") from error
    return bytes(code)


def _encode(text: str) -> Iterator[Piece]:
    mnemonic, _, rest = text.partition(" ")
    operands = [operand.strip() for operand in rest.split(",")] if rest else []
    if text in FIXED:
        yield bytes((FIXED[text],))
    elif mnemonic == "db":
        yield bytes(map(_integer, operands))
    elif mnemonic in SHORT_JUMPS:
        yield bytes((SHORT_JUMPS[mnemonic],))
        yield _Owed(operands[0], 1, relative=True)
    elif mnemonic == "call":
        yield b"\xe8"
        yield _Owed(operands[0], 2, relative=True)
    elif len(operands) == 1:
        yield from _one_operand(mnemonic, operands[0])
    elif len(operands) == 2:
        yield from _two_operands(mnemonic, *operands)
    else:
        raise ValueError(f"unknown instruction {text!r}")


def _one_operand(mnemonic: str, operand: str) -> Iterator[Piece]:
    if mnemonic == "int":
        yield bytes((0xCD, _integer(operand)))
    elif mnemonic == "inc" and operand.startswith("["):
        yield b"\xff\x06"
        yield _address(operand[1:-1])
    elif mnemonic == "push":
        yield bytes((0x50 + WORD_REGISTERS.index(operand),))
    elif mnemonic == "pop":
        yield bytes((0x58 + WORD_REGISTERS.index(operand),))
    elif mnemonic == "div":
        yield bytes((0xF7, _register_form(6, WORD_REGISTERS.index(operand))))
    else:
        raise ValueError(f"unknown instruction {mnemonic} {operand}")


def _two_operands(mnemonic: str, target: str, source: str) -> Iterator[Piece]:
    if target.startswith("["):
        yield from _memory(mnemonic, {"mov": 0x88}, source, target)
    elif source.startswith("["):
        yield from _memory(mnemonic, {"mov": 0x8A, "cmp": 0x3A}, target, source)
    elif mnemonic == "mov":
        yield from _move(target, source)
    elif mnemonic in WORD_AND_WORD and source in WORD_REGISTERS:
        yield bytes(
            (WORD_AND_WORD[mnemonic], _register_form(WORD_REGISTERS.index(source), WORD_REGISTERS.index(target)))
        )
    elif mnemonic in BYTE_AND_NUMBER:
        opcode, extension = BYTE_AND_NUMBER[mnemonic]
        yield bytes((opcode, _register_form(extension, BYTE_REGISTERS.index(target)), _integer(source)))
    else:
        raise ValueError(f"unknown instruction {mnemonic} {target}, {source}")


def _memory(mnemonic: str, opcodes: dict[str, int], register: str, memory: str) -> Iterator[Piece]:
    # The odd opcode is the word form of the even one; mod 00, r/m 110 is a bare 16-bit address.
    wide = register in WORD_REGISTERS
    number = (WORD_REGISTERS if wide else BYTE_REGISTERS).index(register)
    yield bytes((opcodes[mnemonic] + wide, number << 3 | 0b110))
    yield _address(memory[1:-1])


def _move(target: str, source: str) -> Iterator[Piece]:
    if target in SEGMENT_REGISTERS:
        yield bytes((0x8E, _register_form(SEGMENT_REGISTERS.index(target), WORD_REGISTERS.index(source))))
    elif source in BYTE_REGISTERS:
        yield bytes((0x88, _register_form(BYTE_REGISTERS.index(source), BYTE_REGISTERS.index(target))))
    elif source in WORD_REGISTERS:
        yield bytes((0x89, _register_form(WORD_REGISTERS.index(source), WORD_REGISTERS.index(target))))
    elif target in BYTE_REGISTERS:
        yield bytes((0xB0 + BYTE_REGISTERS.index(target), _integer(source)))
    else:
        yield bytes((0xB8 + WORD_REGISTERS.index(target),))
        yield _address(source)


def _register_form(middle: int, last: int) -> int:
    # ModR/M byte with mod 11: the last operand is a register too.
    return 0b11 << 6 | middle << 3 | last


def _address(text: str) -> Piece:
    return _integer(text).to_bytes(2, "little") if text[0].isdigit() else _Owed(text, 2)


def _integer(text: str) -> int:
    return int(text, 0)
