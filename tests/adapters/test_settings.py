"""Settings come from defaults, file, environment and command line, and a wrong one is named."""

from pathlib import Path

import pytest

from qq2clone_tui.adapters.settings import Settings, UiSettings, load
from qq2clone_tui.adapters.settings.options import OPTIONS
from qq2clone_tui.domain.errors import AccessError, BadArgument


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def test_nothing_anywhere_gives_the_defaults(file: Path) -> None:
    loaded = load(file, environ={})
    assert loaded.warnings == ()
    assert loaded.settings == Settings(
        template=None,
        template_dir=None,
        connection=None,
        storage=None,
        run=False,
        use_spice=None,
        spicy=False,
        spice_timeout=10,
        quiet=False,
        jobs=16,
        depth=8,
        ui=UiSettings(theme="", keymap={}, confirm="interrupts", columns=()),
    )


def test_every_option_can_stand_in_the_file(file: Path) -> None:
    file.write_text(
        """
template = "debian12"
template_dir = "~/templates"
connection = "qemu:///system"
storage = "/srv/vm"
run = true
use_spice = false
spicy = true
spice_timeout = 0
quiet = true
jobs = 3
depth = 5
[ui]
theme = "light"
confirm = "loses"
columns = ["name", "state"]
keymap = { start = "f5" }
"""
    )
    settings = load(file, environ={}).settings
    assert settings == Settings(
        template="debian12",
        template_dir="~/templates",
        connection="qemu:///system",
        storage="/srv/vm",
        run=True,
        use_spice=False,
        spicy=True,
        spice_timeout=0,
        quiet=True,
        jobs=3,
        depth=5,
        ui=UiSettings(theme="light", confirm="loses", columns=("name", "state"), keymap={"start": "f5"}),
    )


@pytest.mark.parametrize(
    ("in_file", "in_environment", "on_command_line", "jobs"),
    [
        (None, None, None, 16),
        (1, None, None, 1),
        (None, "2", None, 2),
        (1, "2", None, 2),
        (None, None, 3, 3),
        (1, None, 3, 3),
        (None, "2", 3, 3),
        (1, "2", 3, 3),
        (1, "", None, 1),
    ],
)
def test_the_command_line_beats_the_environment_and_that_the_file(
    file: Path, in_file: int | None, in_environment: str | None, on_command_line: int | None, jobs: int
) -> None:
    if in_file is not None:
        file.write_text(f"jobs = {in_file}\n")
    environ = {} if in_environment is None else {"QQ2CLONE_JOBS": in_environment}
    assert load(file, environ=environ, overrides={"jobs": on_command_line}).settings.jobs == jobs


@pytest.mark.parametrize(
    ("variable", "text", "option", "value"),
    [
        ("QQ2CLONE_RUN", "true", "run", True),
        ("QQ2CLONE_RUN", "YES", "run", True),
        ("QQ2CLONE_RUN", "0", "run", False),
        ("QQ2CLONE_USE_SPICE", "off", "use_spice", False),
        ("QQ2CLONE_TEMPLATE", "7", "template", "7"),
        ("QQ2CLONE_TEMPLATE", "true", "template", "true"),
        ("QQ2CLONE_STORAGE", "/srv/a b", "storage", "/srv/a b"),
        ("QQ2CLONE_SPICE_TIMEOUT", " 5 ", "spice_timeout", 5),
        ("QQ2CLONE_UI_THEME", "mono", "ui.theme", "mono"),
        ("QQ2CLONE_UI_COLUMNS", "name, state,", "ui.columns", ("name", "state")),
    ],
)
def test_a_variable_is_read_as_its_options_type(
    file: Path, variable: str, text: str, option: str, value: object
) -> None:
    settings = load(file, environ={variable: text}).settings
    holder, name = (settings.ui, option[3:]) if option.startswith("ui.") else (settings, option)
    assert getattr(holder, name) == value


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ('jobs = "many"', ["jobs = 'many'", "expected a whole number, got text"]),
        ("jobs = 0", ["jobs = 0", "expected a whole number >= 1"]),
        ("jobs = true", ["jobs = True", "expected a whole number, got true or false"]),
        ("jobs = 1.5", ["jobs = 1.5", "expected a whole number"]),
        ("jobs = 99999999999999999999999", ["jobs = 9999"]),
        ("run = 1", ["run = 1", "expected true or false, got a whole number"]),
        ("use_spice = 'yes'", ["use_spice = 'yes'", "expected true or false, got text"]),
        ("template = 12", ["template = 12", "expected text, got a whole number"]),
        ("template = 2020-01-01", ["template = datetime"]),
        ("template = ['a']", ["expected text, got a list"]),
        ('storage = ""', ["storage = ''", "not empty"]),
        ("ui = 3", ["setting ui", "expected a table"]),
        ("ui.confirm = 'never'", ["ui.confirm = 'never'", "it is one of always, interrupts, loses"]),
        ("ui.columns = 'name'", ["ui.columns = 'name'", "expected a list, got text"]),
        ("ui.keymap = { start = 5 }", ["ui.keymap", "got a whole number"]),
    ],
)
def test_a_value_of_the_wrong_kind_names_file_option_and_what_was_expected(
    file: Path, line: str, named: list[str]
) -> None:
    file.write_text(line)
    with pytest.raises(BadArgument) as caught:
        load(file, environ={})
    paragraph = caught.value.paragraph()
    for words in [*named, str(file)]:
        assert words in paragraph
    assert "`" not in paragraph
    assert caught.value.exit_code == 12


@pytest.mark.parametrize(
    ("variable", "text"),
    [("QQ2CLONE_JOBS", "many"), ("QQ2CLONE_JOBS", "9" * 5000), ("QQ2CLONE_RUN", "maybe"), ("QQ2CLONE_UI_KEYMAP", "x")],
)
def test_a_wrong_variable_is_named(file: Path, variable: str, text: str) -> None:
    with pytest.raises(BadArgument) as caught:
        load(file, environ={variable: text})
    assert caught.value.subject == variable
    assert len(caught.value.paragraph()) < 300


def test_a_wrong_option_on_the_command_line_is_named(file: Path) -> None:
    with pytest.raises(BadArgument, match="jobs = 0 from 'the command line'"):
        load(file, environ={}, overrides={"jobs": 0})


def test_what_means_nothing_is_named_and_does_no_harm(file: Path) -> None:
    file.write_text('jbos = 3\njobs = 4\n[ui]\nthem = "x"\n[other]\na = 1\n')
    environ = {"QQ2CLONE_JBOS": "1", "QQ2CLONE_CONFIG": "/x", "QQ2CLONE_DATA_DIR": "/y", "PATH": "/bin"}
    loaded = load(file, environ=environ)
    assert loaded.settings.jobs == 4
    assert loaded.warnings == (
        f"{file}: there is no option jbos; did you mean jobs?",
        f"{file}: there is no option ui.them; did you mean ui.theme?",
        f"{file}: there is no option other",
        "QQ2CLONE_JBOS: there is no option jbos; did you mean jobs?",
    )


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"jobs = 1\nrun = yes\n", "line 2, column 7"),
        (b"jobs = 1\njobs = 2\n", "line 2"),
        (b"\xff\xfe", "not UTF-8"),
        (b"x = " + b"[" * 100_000, "nested"),
    ],
    ids=["no-value", "twice", "bytes", "deep"],
)
def test_a_file_that_is_no_toml_is_named_with_the_place(file: Path, content: bytes, why: str) -> None:
    file.write_bytes(content)
    with pytest.raises(BadArgument, match=why) as caught:
        load(file, environ={})
    assert caught.value.subject == str(file)


def test_a_file_that_the_user_named_has_to_exist(file: Path) -> None:
    with pytest.raises(AccessError, match="No such file") as caught:
        load(file, required=True, environ={})
    assert caught.value.subject == str(file)


def test_a_directory_in_place_of_the_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(AccessError, match="Is a directory"):
        load(tmp_path, environ={})


def test_the_process_environment_counts_when_none_is_given(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QQ2CLONE_JOBS", "5")
    assert load(file).settings.jobs == 5


def test_every_documented_option_exists() -> None:
    documented = "template template_dir connection storage run use_spice spicy spice_timeout quiet jobs depth"
    assert [name for name in OPTIONS if not name.startswith("ui.")] == documented.split()


def test_bytes_in_the_environment_that_are_no_text_are_refused_by_name(file: Path) -> None:
    with pytest.raises(BadArgument, match=r"QQ2CLONE_CONNECTION.*not UTF-8"):
        load(file, environ={"QQ2CLONE_CONNECTION": "qemu:///\udcff"})
