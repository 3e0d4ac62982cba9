"""Whatever can be typed does on real machines what its row in the table says."""

import shlex
from pathlib import Path

import click
import pytest

from qq2clone_tui.cli.app import VERBS, Verb, build
from qq2clone_tui.cli.options import shared_options

from .every_verb import ELSEWHERE, ROWS, Row
from .verb_bench import Bench


@pytest.fixture(scope="module")
def bench(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """A template and clones 1 to 3."""
    return Bench(root, tmp_path_factory.mktemp("home"))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.line)
def test_it_does_what_the_table_says(bench: Bench, row: Row) -> None:
    for line in row.before:
        bench.type(line)
    bench.type(row.line, row.environ)
    assert bench.code == row.code, bench.err
    assert row.out in bench.out
    assert row.err in bench.err
    assert "Traceback" not in bench.err
    assert row.then is bool or row.then(bench), (bench.out, bench.err)
    if row.states:
        states = bench.states()
        assert {**states, **row.states} == states


def _typed() -> set[str]:
    """Return the verbs that the table has, its options, and both together."""
    typed: set[str] = set()
    for row in ROWS:
        words = shlex.split(row.line)
        verb = next((word for word in words if word in VERBS), "")
        options = [word for word in words if word.startswith("-")]
        typed |= {verb, *options, *(f"{verb} {option}" for option in options)}
    return typed


def test_the_table_has_a_row_for_every_verb() -> None:
    assert set(VERBS) - _typed() == set()


def test_the_table_has_a_row_for_every_option_of_all_verbs_in_each_of_its_forms() -> None:
    forms = {form for option in shared_options() for form in (*option.opts, *option.secondary_opts)}
    assert {form for form in forms if form.startswith("-")} | {"-h", "--help"} <= _typed()


def test_the_table_has_a_row_for_every_option_of_a_single_verb() -> None:
    group = build()
    wanted = set()
    for name in VERBS:
        command = group.get_command(click.Context(group), name)
        assert isinstance(command, Verb)
        wanted |= {
            f"{name} {form}" for option in command.own_options for form in (*option.opts, *option.secondary_opts)
        }
    assert wanted - _typed() == set(ELSEWHERE)


@pytest.mark.parametrize(("option", "module"), ELSEWHERE.items())
def test_what_needs_a_terminal_is_proved_elsewhere(option: str, module: str) -> None:
    assert f'"{option.split()[1]}"' in (Path(__file__).parent / module).read_text()
