"""Say where everything is kept, after the XDG base directories or where the user wants it instead.

The rules are those of https://specifications.freedesktop.org/basedir-spec: a variable that is empty
or relative counts as unset. platformdirs would take relative ones, and ``/.config`` for an empty
``$HOME``; both happen under cron and systemd-run.
"""

import os
import pwd
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn
from urllib.parse import parse_qs, urlsplit

from qq2clone_tui.adapters.private_files import make_directory
from qq2clone_tui.domain.errors import AccessError, BadArgument

__all__ = ["Places", "default_connection", "default_storage", "expanded", "find_places", "usable_directory"]

_PROGRAM = "qq2clone"


@dataclass(frozen=True, slots=True)
class Places:
    """Absolute paths; nothing is made by naming them.

    Args:
        config_file: the settings.
        config_required: True when the user named the file, so that it has to exist.
        data_dir: catalogues and templates.
        state_dir: the log.
        cache_dir: what may be deleted at any time.
        runtime_dir: locks and sockets, gone after the session.
        demo_root: root of the demonstration's hypervisor; not hidden, for it holds images.
        home: the user's home directory, None when there is none.
    """

    config_file: Path
    config_required: bool
    data_dir: Path
    state_dir: Path
    cache_dir: Path
    runtime_dir: Path
    demo_root: Path
    home: Path | None

    @property
    def log_file(self) -> Path:
        """Return the file that tracebacks and libvirt's own messages go to."""
        return self.state_dir / f"{_PROGRAM}.log"

    @property
    def template_dir(self) -> Path:
        """Return where template XML is kept when no setting says otherwise."""
        return self.data_dir / "templates"


def find_places(
    environ: Mapping[str, str] | None = None, *, config: str | None = None, data_dir: str | None = None
) -> Places:
    """Return the places of this user.

    Args:
        environ: environment variables, by default the process's own.
        config: the file given as ``--config``; beats ``QQ2CLONE_CONFIG``.
        data_dir: the directory given as ``--data-dir``; beats ``QQ2CLONE_DATA_DIR``. All that is
            kept goes into it, the settings excepted.

    Raises:
        AccessError: a place depends on the home directory, and there is none.
    """
    environ = os.environ if environ is None else environ
    home = _home(environ)
    config_file, required = _config_file(environ, home, config or environ.get("QQ2CLONE_CONFIG"))
    if data_dir := data_dir or environ.get("QQ2CLONE_DATA_DIR"):
        data = _given(data_dir, home)
        state, cache, demo = data, data / "cache", data / "demo"
    else:
        data = _xdg(environ, "XDG_DATA_HOME", home, ".local/share")
        state = _xdg(environ, "XDG_STATE_HOME", home, ".local/state")
        cache = _xdg(environ, "XDG_CACHE_HOME", home, ".cache")
        demo = (home or data) / "storage-qq2clone" / "demo"
    runtime = _absolute(environ.get("XDG_RUNTIME_DIR"))
    return Places(
        config_file=config_file,
        config_required=required,
        data_dir=data,
        state_dir=state,
        cache_dir=cache,
        runtime_dir=runtime / _PROGRAM if runtime else state / "run",
        demo_root=demo,
        home=home,
    )


def default_connection(option: str | None, setting: str | None, environ: Mapping[str, str] | None = None) -> str | None:
    """Return the URI to connect to: option, setting, ``LIBVIRT_DEFAULT_URI``, or None to ask or try."""
    environ = os.environ if environ is None else environ
    return option or setting or environ.get("LIBVIRT_DEFAULT_URI") or None


def default_storage(uri: str, home: Path | None) -> Path:
    """Return the directory for new images on a hypervisor when no setting or option names one.

    Raises:
        AccessError: it would be in the home directory, and there is none.
        BadArgument: an embed URI without an absolute root.
    """
    parts = urlsplit(uri)
    driver = parts.scheme.partition("+")[0]
    if driver == "qemu" and parts.path == "/system":
        return Path("/var/lib/libvirt/images/qq2clone")
    if driver == "qemu" and parts.path == "/embed":
        root = _absolute(parse_qs(parts.query).get("root", [""])[-1])
        if root is None:
            why, remedy = "it needs an absolute root directory", "Write it like qemu:///embed?root=/var/tmp/lab."
            raise BadArgument("cannot use the connection", subject=uri, why=why, remedy=remedy)
        return root / "images"
    if home is None:
        _no_home("--storage or the setting storage")
    return home / "storage-qq2clone" / "qq2clone-pool"


def expanded(text: str, home: Path | None) -> Path:
    """Return a path from the settings as an absolute one; ``~`` stands for the home directory.

    Raises:
        AccessError: it begins with ``~``, and there is no home directory.
        BadArgument: it is relative, or names another user's home.
    """
    if text == "~" or text.startswith("~/"):
        if home is None:
            _no_home("an absolute path")
        return home / text[2:]
    path = _absolute(text)
    if path is None:
        raise BadArgument(
            "cannot use the path", subject=text, why="it is not absolute", remedy="Begin it with / or ~/."
        )
    return path


def usable_directory(path: Path) -> Path:
    """Make a private directory where it is missing, and return it.

    Raises:
        AccessError: it cannot be made, is no directory, or cannot be written.
    """
    make_directory(path)
    if not os.access(path, os.W_OK | os.X_OK):
        remedy = "Check its owner and mode, or name another directory with --data-dir."
        raise AccessError("cannot write in the directory", subject=str(path), why="Permission denied", remedy=remedy)
    return path


def _config_file(environ: Mapping[str, str], home: Path | None, named: str | None) -> tuple[Path, bool]:
    """Return where the settings are, and whether they have to be there: naming the usual place demands nothing."""
    if not named:
        return _xdg(environ, "XDG_CONFIG_HOME", home, ".config") / "config.toml", False
    path = _given(named, home)
    try:
        usual = _xdg(environ, "XDG_CONFIG_HOME", home, ".config") / "config.toml"
    except AccessError:  # there is no home directory, and so no usual place
        return path, True
    return path, path != usual


def _home(environ: Mapping[str, str]) -> Path | None:
    if home := _absolute(environ.get("HOME")):
        return home
    try:
        return _absolute(pwd.getpwuid(os.getuid()).pw_dir)
    except KeyError:
        return None


def _xdg(environ: Mapping[str, str], variable: str, home: Path | None, below_home: str) -> Path:
    base = _absolute(environ.get(variable))
    if base is None:
        if home is None:
            _no_home(variable)
        base = home / below_home
    return base / _PROGRAM


def _given(text: str, home: Path | None) -> Path:
    """Return a path as the user gave it on the command line or in the environment, where relative ones are fine."""
    if "\0" in text:
        raise BadArgument("cannot use the path", subject=text, why="it holds a null character")
    return expanded(text, home) if text.startswith("~") else Path(os.path.abspath(text))  # noqa: PTH100


def _absolute(text: str | None) -> Path | None:
    return Path(os.path.normpath(text)) if text and text.startswith("/") and "\0" not in text else None


def _no_home(instead: str) -> NoReturn:
    raise AccessError(
        "cannot tell where your files go",
        why=f"$HOME is not set, and the password database has no home directory for user {os.getuid()}",
        remedy=f"Set HOME, or give {instead}.",
    )
