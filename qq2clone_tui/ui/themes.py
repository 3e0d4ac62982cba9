"""Define the themes: every colour is a word for what it means, and every theme knows all words."""

from textual.theme import Theme

from qq2clone_tui.domain.looks import check_theme

__all__ = ["DEFAULT_THEME", "MONO_THEME", "THEMES", "WORDS", "known_theme"]

DEFAULT_THEME = "dark"
MONO_THEME = "mono"

WORDS = (
    "ground", "ink", "faint", "heading", "rule", "rule-focus", "key", "accent-ink", "veil",
    "cursor-ground", "cursor-ink", "cursor-style", "rest-ground", "rest-ink", "rest-style",
    "mark", "lit-ground", "lit-ink", "lit-style", "field-ground", "dialog-ground", "bar-ground",
    "state-running", "state-idle", "state-paused", "state-leaving", "state-off", "state-crashed",
    "state-sleeping", "state-saved", "state-missing", "state-changing",
    "good", "warn", "bad", "emphasis", "faint-style",
)  # fmt: skip


def _theme(name: str, colours: str, *, dark: bool = True, ansi: bool = False, style: dict[str, str]) -> Theme:
    words = dict(pair.split("=") for pair in colours.split())
    words |= {
        "cursor-style": "none", "rest-style": "none", "lit-style": "none", "emphasis": "bold", "faint-style": "none",
    } | style  # fmt: skip
    base, ink = words["ground"], words["ink"]
    return Theme(
        name=name,
        primary=words["rule-focus"],
        secondary=words["heading"],
        accent=words["accent-ink"],
        success=words["good"],
        warning=words["warn"],
        error=words["bad"],
        foreground=ink,
        background=base,
        surface=base,
        panel=words["dialog-ground"],
        dark=dark,
        ansi=ansi,
        variables=words
        | {
            "scrollbar": words["rule"],
            "scrollbar-hover": words["rule-focus"],
            "scrollbar-active": words["rule-focus"],
            "scrollbar-background": base,
            "scrollbar-background-hover": base,
            "scrollbar-background-active": base,
            "scrollbar-corner-color": base,
            "input-cursor-background": words["cursor-ink"] if ansi else ink,
            "input-cursor-foreground": words["cursor-ground"] if ansi else base,
            "input-cursor-text-style": "reverse" if ansi else "none",
            "input-selection-background": words["lit-ground"],
            "input-selection-foreground": words["lit-ink"],
            **({"ansi-background": base, "ansi-foreground": ink, "border-blurred": words["rule"]} if ansi else {}),
        },
    )


_DARK = """
ground=#12161d ink=#c9d2de faint=#7d899a heading=#9db2c9 rule=#2c3645 rule-focus=#5fa8d3 key=#7cc0ea accent-ink=#62b6cb
veil=#06080b cursor-ground=#24405a cursor-ink=#f2f6fa rest-ground=#1c2530 rest-ink=#c9d2de mark=#f0b866
lit-ground=#3a3420 lit-ink=#ffe2a8 field-ground=#1a212b dialog-ground=#171d26 bar-ground=#171d26
state-running=#79c78b state-idle=#8fc7a8 state-paused=#e2b86b state-leaving=#d9a55c state-off=#7d899a
state-crashed=#ee7b7b state-sleeping=#a894d8 state-saved=#7fb3e6 state-missing=#e08ab0 state-changing=#e2b86b
good=#79c78b warn=#e2b86b bad=#ee7b7b
"""

_LIGHT = """
ground=#f7f8fa ink=#232a33 faint=#5b6572 heading=#3a5876 rule=#c6ced8 rule-focus=#1f6fa8 key=#135f99 accent-ink=#1f6fa8
veil=#8c939c cursor-ground=#cfe4f5 cursor-ink=#0b1a28 rest-ground=#e6ebf1 rest-ink=#232a33 mark=#9a4d00
lit-ground=#fff0c8 lit-ink=#5a3d00 field-ground=#ffffff dialog-ground=#ffffff bar-ground=#eaeef3
state-running=#1b7a3a state-idle=#2f6b4c state-paused=#8a5a00 state-leaving=#8a5a00 state-off=#5b6572
state-crashed=#b3261e state-sleeping=#6244a5 state-saved=#1a5fa8 state-missing=#9c2563 state-changing=#8a5a00
good=#1b7a3a warn=#8a5a00 bad=#b3261e
"""

_CONTRAST = """
ground=#000000 ink=#ffffff faint=#d0d0d0 heading=#ffffff rule=#8a8a8a rule-focus=#ffff00 key=#ffff00 accent-ink=#00ffff
veil=#000000 cursor-ground=#00408a cursor-ink=#ffffff rest-ground=#3a3a3a rest-ink=#ffffff mark=#ffff00
lit-ground=#005f87 lit-ink=#ffffff field-ground=#000000 dialog-ground=#000000 bar-ground=#000000
state-running=#5fff5f state-idle=#afffaf state-paused=#ffd75f state-leaving=#ffd75f state-off=#d0d0d0
state-crashed=#ff8787 state-sleeping=#d7afff state-saved=#87d7ff state-missing=#ff87d7 state-changing=#ffd75f
good=#5fff5f warn=#ffd75f bad=#ff8787
"""

_ANSI = """
ground=ansi_default ink=ansi_default faint=ansi_bright_black heading=ansi_cyan rule=ansi_bright_black
rule-focus=ansi_blue key=ansi_cyan accent-ink=ansi_cyan veil=ansi_default cursor-ground=ansi_blue
cursor-ink=ansi_bright_white rest-ground=ansi_bright_black rest-ink=ansi_bright_white mark=ansi_yellow
lit-ground=ansi_yellow lit-ink=ansi_black field-ground=ansi_default dialog-ground=ansi_default bar-ground=ansi_default
state-running=ansi_green state-idle=ansi_green state-paused=ansi_yellow state-leaving=ansi_yellow
state-off=ansi_default state-crashed=ansi_red state-sleeping=ansi_magenta state-saved=ansi_blue
state-missing=ansi_magenta state-changing=ansi_yellow good=ansi_green warn=ansi_yellow bad=ansi_red
"""

_COLOURS = tuple(word for word in WORDS if not word.endswith("-style") and word != "emphasis")
_MONO = " ".join(f"{word}=ansi_default" for word in _COLOURS)

THEMES: tuple[Theme, ...] = (
    _theme("dark", _DARK, style={}),
    _theme("light", _LIGHT, dark=False, style={}),
    _theme("contrast", _CONTRAST, style={"cursor-style": "bold"}),
    _theme("ansi", _ANSI, ansi=True, style={"cursor-style": "bold"}),
    _theme(
        "mono",
        _MONO,
        ansi=True,
        style={
            "cursor-style": "reverse", "rest-style": "underline", "lit-style": "bold underline", "faint-style": "dim",
        },
    ),
)  # fmt: skip


def known_theme(theme: str | None) -> str | None:
    """Return the theme's name, None for none.

    Raises:
        BadArgument: there is no such theme; the sentence names those that there are.
    """
    check_theme(theme or "")
    return theme
