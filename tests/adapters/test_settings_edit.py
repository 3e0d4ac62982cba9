"""Changing one option leaves everything else in the file as its user wrote it."""

import stat
import tomllib
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qq2clone_tui.adapters.settings import load
from qq2clone_tui.adapters.settings.edit import set_option
from qq2clone_tui.domain.errors import AccessError, BadArgument
from qq2clone_tui.domain.looks import THEME_NAMES

FULL = """\
# My settings, do not lose.

jobs   =  4   # as many as cores
template = 'a#b' # the "best"
mystery = [
  1, # one
  2,
]
note = \"\"\"
jobs = 99
[ui]
\"\"\"

# Looks
[ui] # of the app
theme = "dark"
  confirm = "loses"

[ui.keymap]
start = "f5"

[[other]]
jobs = 7
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "sub" / "config.toml"


@pytest.mark.parametrize(
    ("option", "text", "old", "new"),
    [
        ("jobs", "8", "jobs   =  4   # as many as cores\n", "jobs   =  8   # as many as cores\n"),
        ("template", "it's", "template = 'a#b' # the \"best\"\n", 'template = "it\'s" # the "best"\n'),
        ("ui.theme", "mono", 'theme = "dark"\n', 'theme = "mono"\n'),
        ("ui.confirm", "always", '  confirm = "loses"\n', '  confirm = "always"\n'),
        ("jobs", None, "jobs   =  4   # as many as cores\n", ""),
        ("ui.theme", None, 'theme = "dark"\n', ""),
        ("run", "yes", 'jobs = 99\n[ui]\n"""\n', 'jobs = 99\n[ui]\n"""\nrun = true\n'),
        ("ui.columns", "name,cpu", '"loses"\n', '"loses"\ncolumns = [\n    "name",\n    "cpu",\n]\n'),
        ("spicy", None, "", ""),
        ("jobs", "4", "", ""),
    ],
)
def test_only_the_option_changes(file: Path, option: str, text: str | None, old: str, new: str) -> None:
    file.parent.mkdir()
    file.write_text(FULL)
    set_option(file, option, text)
    assert file.read_text() == FULL.replace(old, new, 1)


@pytest.mark.parametrize(
    ("before", "option", "text", "after"),
    [
        ("", "jobs", "3", "jobs = 3\n"),
        ("# only a comment", "jobs", "3", "# only a comment\njobs = 3\n"),
        ("run = true", "jobs", "3", "run = true\njobs = 3\n"),
        ("# head\n\n# ui\n[ui]\n", "jobs", "3", "# head\n\njobs = 3\n# ui\n[ui]\n"),
        ("[ui]", "ui.theme", "mono", '[ui]\ntheme = "mono"\n'),
        ("run = true\n", "ui.theme", "mono", 'run = true\n\n[ui]\ntheme = "mono"\n'),
        ('ui.theme = "dark"\n', "ui.theme", "mono", 'ui.theme = "mono"\n'),
        ('ui.theme = "dark"\n', "ui.confirm", "loses", 'ui.theme = "dark"\nui.confirm = "loses"\n'),
        ('[ui.keymap]\na = "b"\n', "ui.theme", "mono", '[ui.keymap]\na = "b"\n\n[ui]\ntheme = "mono"\n'),
        ('"jobs" = 2\n', "jobs", "3", '"jobs" = 3\n'),
        ("jobs = 2\r\nrun = true\r\n", "spicy", "on", "jobs = 2\r\nrun = true\r\nspicy = true\r\n"),
        ("jobs = 2\r\nrun = true\r\n", "jobs", "3", "jobs = 3\r\nrun = true\r\n"),
        ("ui = { columns = ['a'] }\n", "ui.columns", None, None),
        (
            "x = '\u2028jobs = 9'\n# \u2028jobs = 9\njobs = 2",
            "jobs",
            "3",
            "x = '\u2028jobs = 9'\n# \u2028jobs = 9\njobs = 3",
        ),
    ],
)
def test_a_change_fits_in_where_it_belongs(
    file: Path, before: str, option: str, text: str | None, after: str | None
) -> None:
    file.parent.mkdir()
    file.write_bytes(before.encode())
    if after is None:
        with pytest.raises(BadArgument, match="unusual way"):
            set_option(file, option, text)
    else:
        set_option(file, option, text)
    assert file.read_bytes().decode() == (before if after is None else after)


def test_a_missing_file_is_made_and_private(file: Path) -> None:
    set_option(file, "connection", "qemu:///session")
    assert load(file, environ={}).settings.connection == "qemu:///session"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert [one.name for one in file.parent.iterdir()] == ["config.toml"]


def test_a_symbolic_link_stays_and_leads_to_the_change(tmp_path: Path) -> None:
    real, link = tmp_path / "dotfiles.toml", tmp_path / "config.toml"
    real.write_text("jobs = 1\n")
    link.symlink_to(real)
    set_option(link, "jobs", "2")
    assert link.is_symlink()
    assert real.read_text() == "jobs = 2\n"


@pytest.mark.parametrize(
    ("option", "text", "why"),
    [
        ("nonsense", "1", "no such option"),
        ("ui.keymap", "x", "it is a table"),
        ("ui", "x", "no such option"),
        ("jobs", "many", "whole number"),
        ("jobs", "0", ">= 1"),
        ("ui.confirm", "never", "one of always"),
        ("ui.columns", "number,nmae", "no such column"),
        ("ui.columns", "name,name", "twice"),
        ("ui.theme", "drak", "no such theme"),
    ],
)
def test_a_change_that_cannot_be_made_leaves_the_file_alone(file: Path, option: str, text: str, why: str) -> None:
    file.parent.mkdir()
    file.write_text(FULL)
    with pytest.raises(BadArgument, match=why):
        set_option(file, option, text)
    assert file.read_text() == FULL


def test_a_broken_file_is_not_touched(file: Path) -> None:
    file.parent.mkdir()
    file.write_text("jobs = \n")
    with pytest.raises(BadArgument, match="line 1"):
        set_option(file, "jobs", "3")
    assert file.read_text() == "jobs = \n"


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(AccessError):
        set_option(tmp_path / "file" / "config.toml", "jobs", "3")


scalars = st.one_of(st.booleans(), st.integers(-9, 9), st.text(max_size=8), st.lists(st.text(max_size=4), max_size=3))
documents = st.fixed_dictionaries(
    {},
    optional={
        "jobs": st.integers(1, 99),
        "zebra": scalars,
        "template": st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8),
        "ui": st.fixed_dictionaries({}, optional={"theme": st.text(max_size=5), "extra": scalars}),
        "more": st.dictionaries(st.text(max_size=5), scalars, max_size=3),
    },
)


@given(
    documents,
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=10),
    st.sampled_from(["template", "ui.theme"]),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_whatever_the_file_holds_only_the_option_changes(
    tmp_path: Path, document: dict[str, Any], text: str, option: str
) -> None:
    if option == "ui.theme":  # which cannot be any text
        text = THEME_NAMES[len(text) % len(THEME_NAMES)]
    path = tmp_path / "config.toml"
    path.write_bytes(tomli_w.dumps(document, multiline_strings=True).encode())
    before = tomllib.loads(path.read_bytes().decode())
    set_option(path, option, text)
    after = tomllib.loads(path.read_bytes().decode())
    if option == "template":
        assert after == before | {"template": text}
    else:
        assert after == before | {"ui": before.get("ui", {}) | {"theme": text}}
    set_option(path, option, None)
    assert load(path, environ={}).settings.ui.theme == (
        "" if option == "ui.theme" else before.get("ui", {}).get("theme", "")
    )
