"""Options stand anywhere, and the right-most wins."""

import sys

import pytest

from qq2clone_tui.adapters.memory.sample import SampleFleet
from qq2clone_tui.cli.shared import Shared
from qq2clone_tui.cli.world import Preferences

from .conftest import MemoryWorld, Run


@pytest.mark.parametrize(
    ("words", "field", "value"),
    [
        (("-c", "a:///", "list"), "connection", "a:///"),
        (("list", "-c", "b:///"), "connection", "b:///"),
        (("-c", "a:///", "list", "--connection", "b:///"), "connection", "b:///"),
        (("list", "-c", "a:///", "-c", "b:///"), "connection", "b:///"),
        (("-s", "/srv", "list"), "storage", "/srv"),
        (("--storage=/srv", "list"), "storage", "/srv"),
        (("-r", "list", "-n"), "run", False),
        (("-n", "list", "-r"), "run", True),
        (("list", "-r", "-n", "-r"), "run", True),
        (("-g", "list", "-f"), "graphics", False),
        (("-V", "list"), "viewer", "virt-viewer"),
        (("-V", "list", "-S"), "viewer", "spicy"),
        (("-S", "-V", "list"), "viewer", "virt-viewer"),
        (("-Q", "list", "-v"), "verbosity", "v"),
        (("list", "-v", "-q", "-v"), "verbosity", "v"),
        (("list", "-v", "-Q"), "verbosity", "Q"),
        (("-q", "list", "all"), "verbosity", "q"),
        (("list", "all", "-Q"), "verbosity", "Q"),
        (("--config", "f", "--data-dir", "d", "list"), "config", "f"),
        (("--config", "f", "list", "--data-dir", "d"), "data_dir", "d"),
        (("--json", "list"), "json", True),
        (("--yes", "list"), "yes", True),
        (("list",), "yes", None),
    ],
)
def test_an_option_means_the_same_before_and_after_the_verb_and_the_right_most_wins(
    run: Run, world: MemoryWorld, words: tuple[str, ...], field: str, value: object
) -> None:
    world.fleet.add_template("web")
    assert run(*words).code == 0
    assert getattr(world.opened[-1], field) == value


def test_options_reach_the_settings_by_their_names_in_the_file() -> None:
    assert Shared(run=False, graphics=True, viewer="spicy").overrides == {
        "run": False,
        "use_spice": True,
        "spicy": True,
    }
    assert Shared().overrides == {}


def test_the_setting_run_holds_until_an_option_beats_it(run: Run, world: MemoryWorld, fleet: SampleFleet) -> None:
    fleet.add_template("web")
    world.settings = Preferences(run=True)
    run("clone")
    run("clone", "-n")
    assert [domain.state.value for domain in fleet.hypervisor.list_domains()] == ["running", "off"]


@pytest.mark.parametrize(
    ("words", "narrates", "complains"),
    [
        ((), True, True),
        (("-v",), True, True),
        (("-q",), False, True),
        (("-Q",), False, False),
        (("-Q", "-v"), True, True),
        (("-nQ",), False, False),
        (("--quiet",), False, True),
    ],
)
def test_verbosity_decides_what_is_said_on_stderr(
    run: Run, web: SampleFleet, words: tuple[str, ...], narrates: bool, complains: bool
) -> None:
    web.hypervisor.failing["destroy"] = {"web-1"}
    result = run("destroy", "1,3", *words)
    assert result.code == 16
    assert ("1 forced off, 1 failed." in result.err) is narrates
    assert ("told to fail" in result.err) is complains
    malformed = run(*words, "destroy", "1,,2")
    assert malformed.code == 12
    assert bool(malformed.err) is complains


def test_the_setting_quiet_is_beaten_by_v(run: Run, world: MemoryWorld, web: SampleFleet) -> None:
    world.settings = Preferences(quiet=True)
    assert run("destroy", "1").err == ""
    assert "Connected to" in run("destroy", "3", "-v").err


@pytest.mark.parametrize("words", [("--version",), ("list", "--version")])
def test_version_goes_to_stdout(run: Run, words: tuple[str, ...]) -> None:
    result = run(*words)
    assert result.code == 0
    assert result.out.startswith("qq2clone ")


@pytest.mark.parametrize("words", [("-h",), ("--help",), ("clone", "-h"), ("rm", "--help"), ("-q", "list", "-h")])
def test_help_goes_to_stdout_and_opens_nothing(run: Run, world: MemoryWorld, words: tuple[str, ...]) -> None:
    result = run(*words)
    assert result.code == 0
    assert "Usage: qq2clone" in result.out
    assert world.opened == []


def test_every_verb_has_help_with_a_summary(run: Run) -> None:
    from qq2clone_tui.cli.app import VERBS

    for verb, (_, line) in VERBS.items():
        assert line in run("--help").out
        assert f"Usage: qq2clone {verb}" in run(verb, "--help").out


def test_stdin_is_never_read_when_it_is_no_terminal(
    run: Run, web: SampleFleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    assert run("rm", "all").code == 0
