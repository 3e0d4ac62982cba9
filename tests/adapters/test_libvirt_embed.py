"""How the directory of an embedded hypervisor is found and made."""

import os
from pathlib import Path

import pytest

from qq2clone_tui.adapters.libvirt import embed
from qq2clone_tui.adapters.libvirt.connection import in_process, quiet_uri
from qq2clone_tui.adapters.libvirt.local_daemon import by_socket
from qq2clone_tui.domain.errors import AccessError, BadArgument


class TestTheUri:
    def test_the_root_is_decoded(self) -> None:
        assert embed.root_of("qemu:///embed?root=/srv/my%20lab%2Fone") == Path("/srv/my lab/one")

    @pytest.mark.parametrize("query", ["", "?root=", "?root=a/b", "?other=/a", "?root=/a&root=/b", "?root=/a%00b"])
    def test_anything_but_one_absolute_path_is_refused(self, query: str) -> None:
        with pytest.raises(BadArgument):
            embed.root_of(f"qemu:///embed{query}")

    @pytest.mark.parametrize(
        ("uri", "inside"),
        [
            ("qemu:///embed?root=/a", True),
            ("test:///default", True),
            ("test+unix:///default?socket=/a", False),
            ("qemu:///system", False),
            ("qemu+ssh://there/embed", False),
        ],
    )
    def test_drivers_inside_this_process_are_known(self, uri: str, inside: bool) -> None:
        assert in_process(uri) is inside

    @pytest.mark.parametrize(
        ("uri", "dialled"),
        [
            ("qemu+ssh://me@there/system", "qemu+ssh://me@there/system?no_tty=1"),
            ("qemu+ssh://there/system?keyfile=/k", "qemu+ssh://there/system?keyfile=/k&no_tty=1"),
            ("qemu+ssh://there/system?no_tty=0", "qemu+ssh://there/system?no_tty=0"),
            ("qemu:///system", "qemu:///system"),
            ("qemu:///embed?root=/a%20b", "qemu:///embed?root=/a%20b"),
        ],
    )
    def test_ssh_is_kept_from_asking_on_the_terminal(self, uri: str, dialled: str) -> None:
        assert quiet_uri(uri) == dialled

    @pytest.mark.parametrize(
        ("uri", "dialled"),
        [
            ("qemu:///system", "qemu+unix:///system?socket=/run/libvirt/"),
            ("qemu:///system?a=b", "qemu+unix:///system?a=b&socket=/run/libvirt/"),
            ("qemu+ssh://there/system", "qemu+ssh://there/system"),
            ("qemu:///embed?root=/a", "qemu:///embed?root=/a"),
            ("test:///default", "test:///default"),
        ],
    )
    def test_beside_an_embedded_driver_a_local_daemon_is_reached_by_its_socket(self, uri: str, dialled: str) -> None:
        assert by_socket(uri).startswith(dialled)
        assert ("socket=" in by_socket(uri)) == ("socket=" in dialled)

    def test_a_users_own_daemon_is_looked_for_in_the_users_own_place(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setattr(os, "geteuid", lambda: 1000)
        monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
        (tmp_path / "libvirt").mkdir()
        assert by_socket("qemu:///session").endswith(f"socket={tmp_path}/libvirt/libvirt-sock")
        (tmp_path / "libvirt" / "virtqemud-sock").touch()
        assert by_socket("qemu:///session").endswith(f"socket={tmp_path}/libvirt/virtqemud-sock")


class TestTheDirectory:
    def test_it_is_made_private_with_a_configuration(self, tmp_path: Path) -> None:
        root = tmp_path / "deep" / "root"
        embed.prepare(root)
        for directory in (root.parent, root, root / "etc"):
            assert directory.stat().st_mode & 0o777 == 0o700
        text = (root / "etc" / "qemu.conf").read_text()
        assert 'stdio_handler = "file"' in text
        assert ('user = "root"' in text) == (os.geteuid() == 0)

    def test_a_configuration_of_the_users_is_kept(self, tmp_path: Path) -> None:
        mine = tmp_path / "etc" / "qemu.conf"
        mine.parent.mkdir()
        mine.write_text("# mine\n")
        embed.prepare(tmp_path, create=True)
        assert mine.read_text() == "# mine\n"

    def test_a_directory_with_something_else_in_it_is_left_alone(self, tmp_path: Path) -> None:
        (tmp_path / "thesis.txt").write_text("important")
        embed.prepare(tmp_path)
        assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]
        embed.prepare(tmp_path, create=True)
        assert (tmp_path / "etc" / "qemu.conf").exists()

    def test_a_file_in_its_place_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "root").write_text("")
        with pytest.raises(AccessError) as refused:
            embed.prepare(tmp_path / "root")
        assert str(tmp_path / "root") in str(refused.value)

    def test_its_holder_is_named_as_long_as_it_is_known(self, tmp_path: Path) -> None:
        assert embed.holder(tmp_path) == ""
        note = tmp_path / "run" / "qemu" / "driver.pid"
        note.parent.mkdir(parents=True)
        note.write_text("rubbish")
        assert embed.holder(tmp_path) == ""
        note.write_text(f"{os.getpid()}\n")
        assert embed.holder(tmp_path).startswith(f"process {os.getpid()} (")
        note.write_text("4194305\n")  # above the highest possible process number
        assert embed.holder(tmp_path) == "process 4194305"
