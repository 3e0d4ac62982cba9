"""The settings from the command line: listed with who set them, explained, changed and refused."""

from pathlib import Path

import pytest

from .conftest import MemoryWorld, Run


@pytest.fixture
def file(world: MemoryWorld, tmp_path: Path) -> Path:
    """Return the configuration file, with a comment and one option."""
    world.config_file = tmp_path / "etc" / "config.toml"
    world.config_file.parent.mkdir()
    world.config_file.write_text("# mine\njobs = 4\n")
    return world.config_file


def test_every_option_is_listed_with_who_set_it(run: Run, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QQ2CLONE_SPICE_TIMEOUT", "33")
    rows = {line.split()[0]: line.split()[1:] for line in run("config", "list", "-n").out.splitlines()}
    assert rows["jobs"] == ["4", str(file)]
    assert rows["spice_timeout"] == ["33", "QQ2CLONE_SPICE_TIMEOUT"]
    assert rows["run"] == ["false", "the", "command", "line"]
    assert rows["quiet"] == ["false", "default"]
    assert {"template", "template_dir", "connection", "storage", "use_spice", "spicy", "ui.theme"} <= set(rows)


def test_an_option_is_explained(run: Run, file: Path) -> None:
    out = run("config", "info", "jobs").out
    assert "Machines worked on at a time." in out
    assert "a whole number" in out
    assert "QQ2CLONE_JOBS" in out


def test_an_option_is_set_and_taken_out_again_and_comments_stay(run: Run, file: Path) -> None:
    assert "jobs is 7 now" in run("config", "edit", "jobs", "7").err
    assert file.read_text() == "# mine\njobs = 7\n"
    run("config", "edit", "ui.theme", "light")
    run("config", "edit", "jobs", "")
    assert file.read_text().startswith("# mine\n")
    assert run("config", "info", "jobs", "--json").json["option"]["origin"] == "default"
    assert run("config", "info", "ui.theme", "--json").json["option"]["value"] == "light"


def test_the_file_is_made_private(run: Run, file: Path, world: MemoryWorld) -> None:
    world.config_file = file.parent / "new" / "config.toml"
    run("config", "edit", "quiet", "yes")
    assert world.config_file.stat().st_mode & 0o777 == 0o600
    assert world.config_file.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("info", "job"), "Did you mean jobs?"),
        (("edit", "jobs", "many"), "a whole number"),
        (("edit", "jobs", "0"), "jobs"),
        (("edit", "jobs"), "config edit jobs VALUE"),
        (("edit", "ui.keymap", "x"), "by hand"),
        (("edit",), "needs an option"),
        (("info",), "needs an option"),
        (("list", "jobs"), "takes no option"),
        (("info", "jobs", "3"), "takes no value"),
        (("nonsense",), "nonsense"),
    ],
)
def test_what_makes_no_sense_is_refused_and_changes_nothing(
    run: Run, file: Path, words: tuple[str, ...], hint: str
) -> None:
    result = run("config", *words)
    assert result.code == 12
    assert hint in result.err
    assert file.read_text() == "# mine\njobs = 4\n"


def test_a_dry_run_only_says_it(run: Run, file: Path) -> None:
    assert "Plan: set jobs to 9" in run("config", "edit", "jobs", "9", "--dry-run").out
    assert "jobs = 4" in file.read_text()


def test_a_file_that_is_no_toml_is_named(run: Run, file: Path) -> None:
    file.write_text("jobs = = 4")
    result = run("config", "list")
    assert result.code == 12
    assert str(file) in result.err
