"""Put the product together: settings choose adapters, adapters make a session."""

import logging
import os
import shutil
import socket
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from qq2clone_tui.adapters.catalogue.catalogue import SqliteCatalogue
from qq2clone_tui.adapters.catalogue.location import catalogue_key, catalogue_path
from qq2clone_tui.adapters.host import host_programs
from qq2clone_tui.adapters.places import (
    Places,
    default_connection,
    default_storage,
    expanded,
    find_places,
    usable_directory,
)
from qq2clone_tui.adapters.settings import Loaded, Settings, load
from qq2clone_tui.adapters.xml_file import read_xml
from qq2clone_tui.domain.errors import BadArgument, ConnectionFailed, HypervisorError, Qq2cloneError
from qq2clone_tui.engine.ports.images import ImageStore
from qq2clone_tui.engine.ports.settings_book import SettingsBook
from qq2clone_tui.engine.recovery.recover import recover
from qq2clone_tui.engine.session import Session
from qq2clone_tui.engine.tools import Tools

if TYPE_CHECKING:
    from qq2clone_tui.adapters.libvirt.hypervisor import LibvirtHypervisor

__all__ = ["Options", "load_settings", "open_catalogue", "open_demo", "open_session", "sample_maker"]

_log = logging.getLogger(__name__)
SYSTEM, SESSION = "qemu:///system", "qemu:///session"
SAMPLE = "sample"


@dataclass(frozen=True)
class Options:
    """What was given on a command line; None where nothing was.

    Args:
        connection: URI of the hypervisor.
        template: the template that clone verbs work in.
        storage: absolute directory or pool name for new images.
        config: path of the settings file.
        data_dir: directory for everything that is kept.
        overrides: further settings by option name.
        read_only: leave alone what killed processes left behind.
    """

    connection: str | None = None
    template: str | None = None
    storage: str | None = None
    config: str | None = None
    data_dir: str | None = None
    overrides: Mapping[str, object] = field(default_factory=dict)
    read_only: bool = False


def load_settings(options: Options) -> Settings:
    """Return the settings: defaults, file, environment, then these options."""
    return _load(options, _places(options)).settings


def settings_book(options: Options) -> SettingsBook:
    """Return the settings with who set them, to look at and to change."""
    from qq2clone_tui.adapters.settings.book import FileSettings  # writing TOML would cost every start 30 ms

    return FileSettings(_places(options).config_file, _overrides(options))


def open_catalogue(options: Options) -> SqliteCatalogue:
    """Open the catalogue of the hypervisor that the options name, without asking the hypervisor."""
    places = _places(options)
    settings = _load(options, places).settings
    uri = default_connection(options.connection, settings.connection) or SYSTEM
    return _catalogue(places, settings, uri)


def open_session(options: Options) -> Session:
    """Open the hypervisor, its images and its catalogue, and deal with what killed processes left.

    Raises:
        Qq2cloneError: settings, places or hypervisor cannot be used; the paragraph says which and why.
    """
    places = _places(options)
    loaded = _load(options, places)
    settings = loaded.settings
    hypervisor = _hypervisor(default_connection(options.connection, settings.connection), places)
    try:
        images = _images(hypervisor, settings, places)
        catalogue = _catalogue(places, settings, hypervisor.uri)
    except Qq2cloneError:
        hypervisor.close()
        raise
    session = Session(hypervisor, images, catalogue, read_xml, programs=host_programs(places), threads=settings.jobs)
    session.pruning.limit = settings.depth
    mended = () if options.read_only else recover(Tools(hypervisor, images, catalogue))
    session.notices = (*loaded.warnings, *mended)
    return session


def open_demo(options: Options) -> Session:
    """Open an isolated hypervisor of its own with real machines and the sample template.

    Where QEMU is not installed, libvirt's test driver stands in for it and the banner says so.
    """
    missing = [program for program in ("qemu-system-x86_64", "qemu-img") if shutil.which(program) is None]
    if missing:
        return _mock_demo(f"{' and '.join(missing)} not installed")
    root = _places(options).demo_root
    uri = f"qemu:///embed?root={quote(str(root))}"
    try:
        place = str(root / "images")
        session = open_session(replace(options, connection=uri, storage=place))
    except ConnectionFailed as error:
        if "driver.pid" in error.paragraph() or "in use" in error.paragraph():
            raise
        return _mock_demo(error.why)
    if not session.templates():
        _import_sample(session, Path(session.storage))
    return session


def sample_maker(session: Session) -> Callable[[], None] | None:
    """Return a function that adds the sample template, or None where its image cannot be written."""
    storage = Path(session.storage)
    return (lambda: _import_sample(session, storage)) if _can_write(storage) else None


def _places(options: Options) -> Places:
    return find_places(config=options.config, data_dir=options.data_dir)


def _load(options: Options, places: Places) -> Loaded:
    return load(places.config_file, required=places.config_required, overrides=_overrides(options))


def _overrides(options: Options) -> dict[str, object]:
    """Return what the command line sets, by the names of the options."""
    given = {"template": options.template, "storage": options.storage, "connection": options.connection}
    return {**options.overrides, **{name: value for name, value in given.items() if value is not None}}


def _hypervisor(uri: str | None, places: Places) -> "LibvirtHypervisor":
    # Imported here: settings and completion need no libvirt, and it costs start-up time.
    from qq2clone_tui.adapters.libvirt import open_hypervisor

    log_file = usable_directory(places.state_dir) / "libvirt.log"
    if uri is not None:
        return open_hypervisor(uri, log_file=log_file)
    failures: list[HypervisorError] = []
    for candidate in (SYSTEM, SESSION):
        try:
            return open_hypervisor(candidate, log_file=log_file)
        except HypervisorError as error:
            failures.append(error)
    raise ConnectionFailed(
        "cannot reach a hypervisor",
        why="; ".join(f"{error.subject or 'libvirt'}: {error.why or error.what}" for error in failures),
        remedy=f"{failures[0].remedy} Or name another with --connection URI; qq2clone-tui --demo needs none.".strip(),
    )


def _catalogue(places: Places, settings: Settings, uri: str) -> SqliteCatalogue:
    data_dir = usable_directory(places.data_dir)
    host = urlsplit(uri).hostname or socket.gethostname()
    templates = places.template_dir if settings.template_dir is None else expanded(settings.template_dir, places.home)
    return SqliteCatalogue(catalogue_path(data_dir, host, uri), templates / catalogue_key(host, uri))


def _images(hypervisor: "LibvirtHypervisor", settings: Settings, places: Places) -> ImageStore:
    """Return the store for new images: a pool when one is named, else by file where this process may write."""
    from qq2clone_tui.adapters.images.local import LocalImages
    from qq2clone_tui.adapters.libvirt.place_pool import PlaceImages
    from qq2clone_tui.adapters.libvirt.storage import PoolImages

    local = not urlsplit(hypervisor.uri).netloc
    wanted = settings.storage or str(default_storage(hypervisor.uri, places.home))
    embedded = urlsplit(hypervisor.uri).path == "/embed"
    if not wanted.startswith(("/", "~")):
        if embedded:
            why = "it is no absolute path, and an embedded hypervisor has no storage pools"
            raise BadArgument("cannot use the storage place", subject=wanted, why=why, remedy="Begin it with / or ~/.")
        return PoolImages(hypervisor.connections, wanted)
    place = expanded(wanted, places.home)
    if local and (embedded or _can_write(place)):
        return LocalImages(place)
    return PlaceImages(hypervisor.connections, str(place))


def _can_write(place: Path) -> bool:
    """Tell whether files can be made in a directory, or the directory itself in the nearest one there is."""
    nearest = next((path for path in (place, *place.parents) if path.exists()), Path("/"))
    return os.access(nearest, os.W_OK | os.X_OK)


def _import_sample(session: Session, storage: Path) -> None:
    from qq2clone_tui.adapters.sample.template import write_sample

    session.import_template(str(write_sample(storage / SAMPLE).xml), SAMPLE)


def _mock_demo(why: str) -> Session:
    """Return a session on libvirt's test driver, with images in memory: nothing is real, and it says so."""
    from qq2clone_tui.adapters.libvirt import open_hypervisor
    from qq2clone_tui.adapters.memory.catalogue import MemoryCatalogue
    from qq2clone_tui.adapters.memory.images import MemoryImages
    from qq2clone_tui.adapters.sample.template import mock_sample_xml

    with tempfile.NamedTemporaryFile("w", prefix="qq2clone-", suffix=".xml") as node:
        node.write("<node/>")
        node.flush()
        hypervisor = open_hypervisor(f"test://{node.name}", log_file=None)
    images = MemoryImages()
    xml, disk = mock_sample_xml("/srv/sample.qcow2")
    images.facts[disk.path] = disk
    banner = f"no real machines here: {why}; this is libvirt's test driver"
    session = Session(hypervisor, images, MemoryCatalogue(), lambda _: xml, threads=4, banner=banner)
    session.import_template("/sample.xml", SAMPLE)
    return session
