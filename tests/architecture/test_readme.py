"""What the README and the other papers say is true."""

import re
import tomllib

import click

from qq2clone_tui import __version__
from qq2clone_tui.cli.app import VERBS
from qq2clone_tui.cli.options import shared_options
from qq2clone_tui.domain import errors
from qq2clone_tui.domain.states import DomainState

from .checkout import ROOT, files
from .readme import README, refreshed

_LINK = re.compile(r"\]\((?!https?:|#)([^)]+)\)")


def test_key_table_in_the_readme_is_the_apps_own() -> None:
    text = README.read_text(encoding="utf-8")
    assert text == refreshed(text), "script/readme writes it anew"


def test_readme_names_every_exit_code_and_no_other() -> None:
    section = README.read_text(encoding="utf-8").partition("### Exit codes")[2].partition("\n## ")[0]
    written = {int(code) for code in re.findall(r"^\| (\d+) \|", section, re.MULTILINE)}
    kinds = [getattr(errors, name) for name in errors.__all__]
    assert written == {0} | {kind.exit_code for kind in kinds}


def test_readme_names_every_state_a_set_can_hold() -> None:
    text = README.read_text(encoding="utf-8")
    assert [
        state.value for state in DomainState if state is not DomainState.MISSING and f"`{state.value}`" not in text
    ] == []


def test_readme_names_every_verb() -> None:
    text = README.read_text(encoding="utf-8")
    assert [verb for verb in VERBS if not re.search(rf"`{verb}[` \\|]", text)] == []


def test_readme_names_every_option_and_no_other() -> None:
    section = README.read_text(encoding="utf-8").partition("## Options")[2].partition("\n## ")[0].partition("###")[0]
    table = "\n".join(line for line in section.splitlines() if line.startswith("|"))
    written = set(re.findall(r"--[a-z][a-z-]*", table))
    real = {
        word
        for option in shared_options()
        if isinstance(option, click.Option)
        for word in (*option.opts, *option.secondary_opts)
        if word.startswith("--")
    }
    assert written == real


def test_links_between_papers_lead_somewhere() -> None:
    papers = [path for path in files() if path.suffix == ".md"]
    assert ROOT / "docs" / "architecture.md" in papers
    broken = [
        f"{path.relative_to(ROOT)} -> {link}"
        for path in papers
        for link in _LINK.findall(path.read_text(encoding="utf-8"))
        if not (path.parent / link.partition("#")[0]).exists()
    ]
    assert broken == []


def test_the_two_commands_of_the_readme_exist() -> None:
    text = README.read_text(encoding="utf-8")
    for command in ("script/run", "script/test"):
        assert command in text
        assert (ROOT / command).is_file()


def test_changelog_speaks_of_this_version_or_of_what_is_unreleased() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert "## [Unreleased]" in text or f"## [{__version__}]" in text


def test_licence_is_the_one_that_the_package_names() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["license"] == "GPL-3.0-or-later"
    assert "GNU GENERAL PUBLIC LICENSE\n                       Version 3" in (ROOT / "LICENSE").read_text(
        encoding="utf-8"
    )
