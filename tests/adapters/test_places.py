"""Everything has its place, whatever the environment lacks."""

import os
import pwd
import stat
from pathlib import Path

import pytest

from qq2clone_tui.adapters.places import default_connection, default_storage, expanded, find_places, usable_directory
from qq2clone_tui.domain.errors import AccessError, BadArgument

PASSWORD_HOME = Path(pwd.getpwuid(os.getuid()).pw_dir)


def test_without_xdg_variables_everything_is_below_home() -> None:
    places = find_places({"HOME": "/home/ann"})
    assert places.config_file == Path("/home/ann/.config/qq2clone/config.toml")
    assert places.config_required is False
    assert places.data_dir == Path("/home/ann/.local/share/qq2clone")
    assert places.template_dir == Path("/home/ann/.local/share/qq2clone/templates")
    assert places.log_file == Path("/home/ann/.local/state/qq2clone/qq2clone.log")
    assert places.cache_dir == Path("/home/ann/.cache/qq2clone")
    assert places.runtime_dir == Path("/home/ann/.local/state/qq2clone/run")
    assert places.demo_root == Path("/home/ann/storage-qq2clone/demo")
    assert places.home == Path("/home/ann")


def test_xdg_variables_move_what_they_are_for() -> None:
    kinds = ("CONFIG_HOME", "DATA_HOME", "STATE_HOME", "CACHE_HOME", "RUNTIME_DIR")
    places = find_places({"HOME": "/home/ann"} | {f"XDG_{kind}": f"/x/{kind}" for kind in kinds})
    assert places.config_file == Path("/x/CONFIG_HOME/qq2clone/config.toml")
    assert places.data_dir == Path("/x/DATA_HOME/qq2clone")
    assert places.state_dir == Path("/x/STATE_HOME/qq2clone")
    assert places.cache_dir == Path("/x/CACHE_HOME/qq2clone")
    assert places.runtime_dir == Path("/x/RUNTIME_DIR/qq2clone")


@pytest.mark.parametrize("value", ["", "relative", "./here", "~/there", "/a\0b"])
@pytest.mark.parametrize("variable", ["XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"])
def test_an_xdg_variable_that_is_not_absolute_counts_as_unset(variable: str, value: str) -> None:
    assert find_places({"HOME": "/home/ann", variable: value}) == find_places({"HOME": "/home/ann"})


@pytest.mark.parametrize("environ", [{}, {"HOME": ""}, {"HOME": "relative"}, {"HOME": "/a\0b"}])
def test_without_a_home_variable_the_password_database_knows(environ: dict[str, str]) -> None:
    assert find_places(environ).data_dir == PASSWORD_HOME / ".local/share/qq2clone"


def test_without_any_home_the_message_says_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(_uid: int) -> pwd.struct_passwd:
        raise KeyError

    monkeypatch.setattr(pwd, "getpwuid", nobody)
    with pytest.raises(AccessError, match=r"\$HOME is not set") as caught:
        find_places({})
    assert caught.value.remedy == "Set HOME, or give XDG_CONFIG_HOME."
    places = find_places({"QQ2CLONE_CONFIG": "/c/config.toml", "QQ2CLONE_DATA_DIR": "/d"})
    assert places.home is None
    assert (places.config_file, places.data_dir) == (Path("/c/config.toml"), Path("/d"))
    with pytest.raises(AccessError, match="cannot tell where your files go"):
        default_storage("qemu:///session", places.home)
    with pytest.raises(AccessError, match="cannot tell where your files go"):
        expanded("~/x", places.home)


@pytest.mark.parametrize(
    ("option", "variable", "data"),
    [("/opt", None, "/opt"), (None, "/env", "/env"), ("/opt", "/env", "/opt"), ("", "/env", "/env")],
)
def test_a_data_directory_takes_in_all_that_is_kept(option: str | None, variable: str | None, data: str) -> None:
    environ = {"HOME": "/home/ann", "XDG_DATA_HOME": "/x", "XDG_STATE_HOME": "/x"}
    places = find_places(environ | ({"QQ2CLONE_DATA_DIR": variable} if variable else {}), data_dir=option)
    assert places.data_dir == Path(data)
    assert places.log_file == Path(data, "qq2clone.log")
    assert places.cache_dir == Path(data, "cache")
    assert places.demo_root == Path(data, "demo")
    assert places.runtime_dir == Path(data, "run")


@pytest.mark.parametrize(
    ("option", "variable", "config", "required"),
    [
        ("/opt/c.toml", None, "/opt/c.toml", True),
        (None, "/env/c.toml", "/env/c.toml", True),
        (None, "~/.config/qq2clone/config.toml", "/home/ann/.config/qq2clone/config.toml", False),
        ("/home/ann/.config/qq2clone/config.toml", None, "/home/ann/.config/qq2clone/config.toml", False),
        ("/opt/c.toml", "/env/c.toml", "/opt/c.toml", True),
        (None, "", "/home/ann/.config/qq2clone/config.toml", False),
        ("~/c.toml", None, "/home/ann/c.toml", True),
    ],
)
def test_a_configuration_file_may_be_anywhere(
    option: str | None, variable: str | None, config: str, required: bool
) -> None:
    environ = {"HOME": "/home/ann"} | ({} if variable is None else {"QQ2CLONE_CONFIG": variable})
    places = find_places(environ, config=option)
    assert (places.config_file, places.config_required) == (Path(config), required)


def test_relative_paths_on_the_command_line_are_those_of_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    places = find_places({"HOME": "/home/ann"}, config="a.toml", data_dir="b/../c")
    assert (places.config_file, places.data_dir) == (tmp_path / "a.toml", tmp_path / "c")


def test_a_null_character_is_refused() -> None:
    with pytest.raises(BadArgument, match="null character"):
        find_places({"HOME": "/home/ann"}, data_dir="/a\0b")


@pytest.mark.parametrize(
    ("uri", "place"),
    [
        ("qemu:///system", "/var/lib/libvirt/images/qq2clone"),
        ("qemu+ssh://root@host/system", "/var/lib/libvirt/images/qq2clone"),
        ("qemu+ssh://root@host/system?keyfile=/k", "/var/lib/libvirt/images/qq2clone"),
        ("qemu+unix:///system", "/var/lib/libvirt/images/qq2clone"),
        ("qemu:///session", "/home/ann/storage-qq2clone/qq2clone-pool"),
        ("qemu+ssh://host/session", "/home/ann/storage-qq2clone/qq2clone-pool"),
        ("qemu:///embed?root=/srv/lab", "/srv/lab/images"),
        ("qemu:///embed?root=/srv/l%20ab/", "/srv/l ab/images"),
        ("test:///default", "/home/ann/storage-qq2clone/qq2clone-pool"),
        ("", "/home/ann/storage-qq2clone/qq2clone-pool"),
    ],
)
def test_new_images_go_where_the_hypervisor_may_read_them(uri: str, place: str) -> None:
    assert default_storage(uri, Path("/home/ann")) == Path(place)


@pytest.mark.parametrize("uri", ["qemu:///embed", "qemu:///embed?root=", "qemu:///embed?root=lab"])
def test_an_embedded_hypervisor_needs_an_absolute_root(uri: str) -> None:
    with pytest.raises(BadArgument, match="absolute root"):
        default_storage(uri, Path("/home/ann"))


@pytest.mark.parametrize(
    ("option", "setting", "variable", "uri"),
    [
        ("a:///", "b:///", "c:///", "a:///"),
        (None, "b:///", "c:///", "b:///"),
        (None, None, "c:///", "c:///"),
        (None, None, "", None),
        ("", "", None, None),
    ],
)
def test_option_setting_and_variable_name_the_hypervisor_in_that_order(
    option: str | None, setting: str | None, variable: str | None, uri: str | None
) -> None:
    environ = {} if variable is None else {"LIBVIRT_DEFAULT_URI": variable}
    assert default_connection(option, setting, environ) == uri


@pytest.mark.parametrize(
    ("text", "path"),
    [("~", "/home/ann"), ("~/a", "/home/ann/a"), ("/x/../y", "/y"), ("a/b", None), ("~bob/x", None), ("", None)],
)
def test_paths_in_settings_are_absolute_or_below_home(text: str, path: str | None) -> None:
    if path is None:
        with pytest.raises(BadArgument, match="not absolute"):
            expanded(text, Path("/home/ann"))
    else:
        assert expanded(text, Path("/home/ann")) == Path(path)


def test_a_missing_directory_is_made_private_and_others_keep_their_mode(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    made = usable_directory(tmp_path / "a" / "b")
    assert [stat.S_IMODE(path.stat().st_mode) for path in (tmp_path, made.parent, made)] == [0o755, 0o700, 0o700]


@pytest.mark.parametrize("below", ["file", "file/deeper"])
def test_a_file_in_place_of_a_directory_is_named(tmp_path: Path, below: str) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(AccessError) as caught:
        usable_directory(tmp_path / below)
    assert str(tmp_path / "file") in caught.value.subject
    assert caught.value.why


def test_a_directory_that_cannot_be_written_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write anywhere
    with pytest.raises(AccessError, match="Permission denied") as caught:
        usable_directory(tmp_path)
    assert caught.value.subject == str(tmp_path)


def test_a_read_only_file_system_is_named() -> None:
    with pytest.raises(AccessError) as caught:
        usable_directory(Path("/proc/qq2clone/data"))
    assert caught.value.subject == "/proc/qq2clone"
