"""Where a console is, as the live XML tells it, and what each viewer is told."""

import shlex

import pytest

from qq2clone_tui.domain.desk_commands import Here, desk_commands
from qq2clone_tui.domain.errors import BadXml
from qq2clone_tui.domain.graphics import Endpoint, GraphicsKind, choose
from qq2clone_tui.domain.graphics_xml import endpoints
from qq2clone_tui.domain.viewers import Place, Screen, Viewer, ViewerCall, call_for, line_of, place_of

UUID = "11111111-2222-4333-8444-555555555555"
EMBED = "qemu:///embed?root=/lab"
SPICE, VNC = GraphicsKind.SPICE, GraphicsKind.VNC
HERE = Here("10.0.0.1", "ada")


def read(*graphics: str) -> tuple[Endpoint, ...]:
    return endpoints(f"<domain type='kvm'><devices>{''.join(graphics)}</devices></domain>")


def screen(graphics: str, uri: str = EMBED, name: str = "web-1") -> Screen:
    return Screen(UUID, name, uri, read(graphics)[0])


def call(wish: Viewer, graphics: str, uri: str = EMBED, name: str = "web-1") -> ViewerCall:
    found = call_for(wish, screen(graphics, uri, name))
    assert isinstance(found, ViewerCall), found
    return found


@pytest.mark.parametrize(
    ("xml", "where", "ready"),
    [
        ("<graphics type='vnc' port='5901' listen='127.0.0.1'/>", "127.0.0.1:5901", True),
        ("<graphics type='vnc' port='-1' autoport='yes'/>", "no port", False),
        ("<graphics type='vnc' port='99999'/>", "no port", False),
        ("<graphics type='spice' port='5901' tlsPort='5902' listen='::1'/>", "[::1]:5901", True),
        ("<graphics type='spice' tlsPort='5902' listen='10.0.0.1'/>", "10.0.0.1:5902 (TLS)", True),
        ("<graphics type='vnc' socket='/run/a b'/>", "/run/a b", True),
        ("<graphics type='spice'><listen type='socket' socket='/run/s'/></graphics>", "/run/s", True),
        ("<graphics type='spice'><listen type='none'/></graphics>", "through libvirt", True),
        (
            "<graphics type='vnc' port='5900'><listen type='network' network='n' address='10.1.1.1'/></graphics>",
            "10.1.1.1:5900",
            True,
        ),
        ("<graphics type='vnc' port='5900' listen='a/b@c'/>", "no port", False),
        ("<graphics type='vnc' port='5900' listen='-oProxyCommand=x'/>", "no port", False),
        ("<graphics type='vnc' socket='relative'/>", "no port", False),
    ],
)
def test_the_place_of_a_console_is_read_and_nonsense_is_no_place(xml: str, where: str, ready: bool) -> None:
    (endpoint,) = read(xml)
    assert (endpoint.where, endpoint.ready) == (where, ready)


def test_kinds_that_no_viewer_shows_are_not_consoles() -> None:
    assert read("<graphics type='sdl'/>", "<graphics type='egl-headless'/>", "<graphics type='rdp' port='3389'/>") == ()


def test_a_password_is_known_but_never_shown() -> None:
    (endpoint,) = read("<graphics type='vnc' port='5900' passwd='geheim'/>")
    assert (endpoint.password, endpoint.protected) == ("geheim", True)
    assert "geheim" not in repr(endpoint)


def test_a_websocket_is_told_apart_from_the_port_of_viewers() -> None:
    (endpoint,) = read("<graphics type='vnc' port='5900' websocket='5700'/>")
    assert (endpoint.port, endpoint.websocket) == (5900, 5700)


def test_xml_that_cannot_be_read_is_an_error() -> None:
    with pytest.raises(BadXml):
        endpoints("<domain")


def test_spice_stands_before_vnc_and_what_listens_before_what_does_not() -> None:
    vnc = "<graphics type='vnc' port='5900'/>"
    spice, silent = "<graphics type='spice' port='5901'/>", "<graphics type='spice' port='-1'/>"
    assert choose(read(vnc, spice)) == read(spice)[0]
    assert choose(read(vnc, spice), VNC) == read(vnc)[0]
    assert choose(read(vnc, silent)) == read(vnc)[0]
    assert choose(()) is None


@pytest.mark.parametrize(
    ("uri", "place"),
    [
        ("qemu:///system", Place.LOCAL),
        ("qemu+unix:///session?socket=/run/s", Place.LOCAL),
        ("qemu+ssh://kvm01/system", Place.REMOTE),
        (EMBED, Place.EMBEDDED),
        ("test:///default", Place.EMBEDDED),
    ],
)
def test_where_machines_run_is_told_by_the_uri(uri: str, place: Place) -> None:
    assert place_of(uri) is place


VNC_XML = "<graphics type='vnc' port='5901' listen='127.0.0.1'/>"
SPICE_XML = "<graphics type='spice' port='5901' tlsPort='5902' listen='0.0.0.0'/>"


@pytest.mark.parametrize(
    ("wish", "graphics", "uri", "line"),
    [
        (Viewer.VIRT_VIEWER, VNC_XML, "qemu:///system", f"virt-viewer --attach --connect qemu:///system -- {UUID}"),
        (Viewer.VIRT_VIEWER, VNC_XML, "qemu+ssh://k/system", f"virt-viewer --connect qemu+ssh://k/system -- {UUID}"),
        (Viewer.VIRT_VIEWER, VNC_XML, EMBED, "remote-viewer --title=web-1 -- vnc://127.0.0.1:5901"),
        (
            Viewer.VIRT_VIEWER,
            SPICE_XML,
            EMBED,
            "remote-viewer --title=web-1 -- 'spice://127.0.0.1:5901?tls-port=5902'",
        ),
        (
            Viewer.SPICY,
            SPICE_XML,
            "qemu:///system",
            "spicy --title=web-1 --host=127.0.0.1 --port=5901 --secure-port=5902",
        ),
        (
            Viewer.SPICY,
            "<graphics type='spice' socket='/run/s'/>",
            EMBED,
            "spicy --title=web-1 --uri=spice+unix:///run/s",
        ),
        (
            Viewer.VIRT_VIEWER,
            "<graphics type='spice' socket='/run/s'/>",
            EMBED,
            "remote-viewer --title=web-1 -- spice+unix:///run/s",
        ),
    ],
)
def test_each_viewer_is_told_in_its_own_way(wish: Viewer, graphics: str, uri: str, line: str) -> None:
    assert line_of(call(wish, graphics, uri)) == line


@pytest.mark.parametrize(
    ("wish", "graphics", "uri", "why"),
    [
        (Viewer.SPICY, VNC_XML, "qemu:///system", "shows only spice"),
        (Viewer.SPICY, SPICE_XML, "qemu+ssh://k/system", "another host"),
        (Viewer.VIRT_VIEWER, "<graphics type='vnc' socket='/run/v'/>", EMBED, "UNIX socket"),
        (Viewer.VIRT_VIEWER, "<graphics type='spice'><listen type='none'/></graphics>", EMBED, "listens nowhere"),
    ],
)
def test_a_viewer_that_cannot_reach_a_console_says_why(wish: Viewer, graphics: str, uri: str, why: str) -> None:
    found = call_for(wish, screen(graphics, uri))
    assert isinstance(found, str)
    assert why in found


def test_a_password_goes_into_the_connection_file_and_nowhere_else() -> None:
    found = call(Viewer.VIRT_VIEWER, "<graphics type='spice' port='5901' passwd=' a\\b'/>", name="a\nhost=evil")
    assert found.arguments == ()
    assert found.connection_file == (
        "[virt-viewer]\ntype=spice\ntitle=a\\nhost=evil\nhost=127.0.0.1\nport=5901\npassword=\\sa\\\\b\ndelete-this-file=1\n"
    )
    assert "password" not in repr(found)


def test_a_socket_with_a_strange_name_goes_into_the_connection_file() -> None:
    found = call(Viewer.VIRT_VIEWER, "<graphics type='spice' socket='/run/a b?c'/>")
    assert "unix-path=/run/a b?c\n" in found.connection_file


@pytest.mark.parametrize(
    ("graphics", "uri", "here", "lines"),
    [
        (
            VNC_XML,
            "qemu:///system",
            HERE,
            [
                f"virt-viewer --connect qemu+ssh://ada@10.0.0.1/system {UUID}",
                "ssh -N -L 5901:127.0.0.1:5901 ada@10.0.0.1",
                "remote-viewer vnc://localhost:5901",
            ],
        ),
        (
            VNC_XML,
            EMBED,
            Here("fe80::1", "ada", 2222),
            ["ssh -N -L 5901:127.0.0.1:5901 -p 2222 ada@fe80::1", "remote-viewer vnc://localhost:5901"],
        ),
        (
            VNC_XML,
            "qemu:///session",
            Here("fe80::1", "a@b", 2222),
            [
                f"virt-viewer --connect 'qemu+ssh://a%40b@[fe80::1]:2222/session' {UUID}",
                "ssh -N -L 5901:127.0.0.1:5901 -p 2222 a@b@fe80::1",
                "remote-viewer vnc://localhost:5901",
            ],
        ),
        (
            "<graphics type='vnc' socket=\"/run/it's\"/>",
            EMBED,
            HERE,
            ["ssh -N -L '5900:/run/it'\"'\"'s' ada@10.0.0.1", "remote-viewer vnc://localhost:5900"],
        ),
        (
            SPICE_XML,
            "qemu+ssh://bob@kvm01:2200/system?keyfile=/k",
            HERE,
            [
                f"virt-viewer --connect 'qemu+ssh://bob@kvm01:2200/system?keyfile=/k' {UUID}",
                "ssh -N -L 5901:127.0.0.1:5901 -L 5902:127.0.0.1:5902 -p 2200 bob@kvm01",
                "remote-viewer 'spice://localhost:5901?tls-port=5902'",
                "remote-viewer 'spice://kvm01:5901?tls-port=5902'",
            ],
        ),
        (
            "<graphics type='spice'><listen type='none'/></graphics>",
            "qemu:///system",
            HERE,
            [f"virt-viewer --connect qemu+ssh://ada@10.0.0.1/system {UUID}"],
        ),
    ],
    ids=["system", "embedded", "ipv6", "socket", "remote", "nowhere"],
)
def test_the_commands_for_ones_own_desk_lead_to_the_console(
    graphics: str, uri: str, here: Here, lines: list[str]
) -> None:
    commands = desk_commands(screen(graphics, uri), here)
    assert [command.line for command in commands] == lines
    assert all(shlex.split(command.line) for command in commands)


@pytest.mark.parametrize("passwd", ["", " passwd='geheim'"])
def test_no_command_for_ones_own_desk_holds_a_password(passwd: str) -> None:
    graphics = f"<graphics type='vnc' port='5901'{passwd}/>"
    assert "geheim" not in repr(desk_commands(screen(graphics, "qemu:///system"), HERE))
