"""Know the letters that a PC draws in text mode: code page 437, eight by sixteen dots each.

The shapes are those of the VGA's own font, which is in the public domain; firmware draws with it, and so do boot
loaders, DOS, and the Linux console until a distribution loads another.
"""

import zlib
from base64 import b85decode

__all__ = ["BLANK", "CURSOR", "HEIGHT", "SHAPES", "WIDTH", "letter_of"]

WIDTH, HEIGHT = 8, 16
"""Dots of a letter; in 720 dots across, a ninth column keeps the letters apart."""

_PACKED = (
    "c-nnePix~w6c;JzB)sWuXiRd+2M{eJq7^nQ{R+K{Y*F_hTA#9l3hm~Sk5C9b_tNhWa3dIcFgY#;xh5z3Qi@?A>qF4=z4`lQHtlnQ{nL9h@Bf=o"
    "6ou4Y{dRSAdvkTwYAkvox~&kck*EfsCOb6vFl#7edA{9l8OtqhVX?zXgsERb(zZhdNb+G`zI<8cj^Ewf-rjVYe?0o)%X$G+M_L#tXP`jg=~vSf"
    "XtsM$`0cB=uYi8oZsuA!>+@~iYx#HchuwbI?;hswBtD2o$CF`lJc<vj`HZpF7#x*~;9KwC_x;aDND?-@$STgOEa44_DuyiBuca8tm?z08gh$Dc"
    "FtS-%3`I(FHlNQ20#8d(o;rA#Wlb{-#FnPXT)qN=+~jDCwg+52^#!VGsN}!0w&8d4CXTOpV?4Oy2}=uptx#4~+2soIb*XGm)56;hWF@ggJI4}9"
    "%z0SmA}^_lF5Bc8Sr84+_+?id#Au(+H`Gtp^?ldrf{R#I>kLFXp-P+&7RPxU$0ohWIIk817<{Z%Lo%KSKPv!pAdLrDuY5N90gLeQcMI#2+OwQE"
    "tg&%dng>yfT?@-ULz0IwcK?LrS3X#;*Q<GBss+k-K!X&1f(mG`;-5^s?!d$Oor%}JQVmh<wSVQs>-u$ZQ4St1iXB<M=Dhq`VbmnmX??kF05dO+"
    "Wi_~d-+-#R2BjN?cZDRY4<`wv6G-pBc^uaFZhskT5^w2W;q24=_v<DZSw8x>vHT)SV!K}SH=eyb*uPU$ntqn3?}eEklEttJEx*jkexkd^<o(eJ"
    "9iLQ_nWr$pX4%-zt31(^n`}n^MFQKAefqpk8r!eYLs8T+#crH6916hrHwI1B!pTei;P_efeX%3)1-eA>MU%*s!v57|>Ea7@nbCO0aWsl0m9peO"
    "UKN0r&w_fv5)nO;#Vb9soqZ%fmfu(tjeVx2SC^${KhAhN-Vf9C3Da>lwtTsq#KX(K!dL(f0}~3sVpTtFoS2qc;5^m!Jpxx}=<mp#7ZEu>kcTpC"
    "rkz=Z>6IOBw$uF#?VQBYqlIrj&S9EQSnSuw!mk&YHXhEZ%$G-vkU~&r3e>L`?$;0Q=kd$Ps}BgAhf$tl?gpAMhhiLyLs>xXOLu1c_{~wfT)k0X"
    "0>wRGJnkcBFR35y*ORi>;j~_O@kG8?ADra7M%Z}sgGc^6fpe*Ye0AmowC%Nda>XRzqxmqtnv3!$sP7M|e2$nrK7p1q9RQji%(oX`;8TAPd-g+p"
    "k^TZ?2d+wXRZZw=gx7(H-i+WJO!0W7*Cjkd=k)f3?QgC+cO2W{{?|A;ak#wyWuin>H{?0#x3g+lossPTRZI2r^Kbpncfb3ezux#C_B`zaWbv7z"
    "NBwQA7(5)xKgL!*BpnW){}|ia)lUX;Et2*GBVZrcf8xnACc={<lxN<ZH4@?aK>8$z$GK<!c{=s9O;ex$F%rSK^)Xm~?!`wqdA;7sYwtu5uW)}6"
    "`WK{O>iK)(;wS0kllV-7^}@G@h4BsZW%m;SMf5caXcy3nfc$0VJYFrA%a!hDe79OIpnVtSzKW+kZAiTSBN@nHrn&P8@1IMgSw!EMV8YI=IxjXY"
    "%hem4oe*+7!<ev;qq=|eeGsm*6Zy{P^ub~8M$Bh1;18`)H%<#2??pO}f(sydSs3UmgMPg*LDJV}JH+&L+u+gB(K7>q`VX76^!|=R(w@q49{$hE"
    "ig{puypVUhzpE-A>sdxpfye(cE&lY&r&09m74Tm)Y26+"
)

# Code page 437 also has shapes where ASCII has control characters.
_LOW = " ☺☻♥♦♣♠•◘○◙♂♀♪♫☼►◄↕‼¶§▬↨↑↓→←∟↔▲▼"
_LETTERS = _LOW + bytes(range(0x20, 0x7F)).decode("ascii") + "⌂" + bytes(range(0x80, 0x100)).decode("cp437")

SHAPES: dict[str, bytes] = {}
"""The rows of each letter from top to bottom, a byte a row, its highest bit the leftmost dot."""

for _code, _letter in enumerate(_LETTERS):
    SHAPES.setdefault(_letter, zlib.decompress(b85decode(_PACKED))[_code * HEIGHT : (_code + 1) * HEIGHT])

BLANK = 0
"""The bits of a cell without a dot."""

CURSOR = "▁"
"""Stands for a cursor on nothing; no letter of the font looks like it."""

_FULL = (1 << WIDTH * HEIGHT) - 1
_ALIKE = 2
"""Dots in which a letter may differ from the font's: other fonts of the same descent do in a few."""

_BY_BITS: dict[int, str] = {}
for _letter, _shape in SHAPES.items():
    _BY_BITS.setdefault(int.from_bytes(_shape), _letter)
_BY_BITS[BLANK] = " "
_BY_BITS[_FULL] = "█"

# Rows that a cursor fills or turns round: the last two or three of a cell, or those above the last.
_CURSORS = tuple(
    sum(0xFF << WIDTH * (HEIGHT - 1 - row) for row in rows) for rows in ((13, 14), (14, 15), (13, 14, 15), (14,), (15,))
)


def letter_of(bits: int) -> str | None:
    """Return the letter with this shape, with a cursor upon it or not; None when there is none like it.

    Args:
        bits: the dots row by row, the top left one in the highest of the 128 bits.
    """
    exact = _BY_BITS.get(bits)
    if exact is not None:
        return exact
    for cursor in _CURSORS:
        under = _BY_BITS.get(bits & ~cursor) if bits & cursor == cursor else None
        if under is not None:
            return CURSOR if under == " " else under
    nearest = min(_BY_BITS, key=lambda shape: (shape ^ bits).bit_count())
    return _BY_BITS[nearest] if (nearest ^ bits).bit_count() <= _ALIKE else None
