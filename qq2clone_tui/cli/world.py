"""Reach the engine through one narrow door, so that tests can put another world behind it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from .shared import Shared, check_text

if TYPE_CHECKING:
    from qq2clone_tui.bootstrap import Options
    from qq2clone_tui.engine.ports.settings_book import SettingsBook
    from qq2clone_tui.engine.session import Session

__all__ = ["BootstrapWorld", "Preferences", "World"]


@dataclass(frozen=True, slots=True)
class Preferences:
    """The settings that the command line itself looks at, after environment and options."""

    template: str | None = None
    run: bool = False
    quiet: bool = False
    use_spice: bool | None = None
    spicy: bool = False
    spice_timeout: int = 10


@runtime_checkable
class World(Protocol):
    """What the command line needs besides its arguments."""

    def preferences(self, shared: Shared) -> Preferences:
        """Return the settings; the options win over the environment, and that over the file."""

    def open_session(self, shared: Shared) -> "Session":
        """Open the engine on the hypervisor that options and settings name."""

    def remembered(self, shared: Shared) -> Mapping[str, list[int]]:
        """Return each template of the catalogue with its clones' numbers, asking no hypervisor."""

    def tags(self, shared: Shared) -> Collection[str]:
        """Return the tags that clones in the catalogue carry, asking no hypervisor."""

    def settings_book(self, shared: Shared) -> "SettingsBook":
        """Return the settings with who set them, to look at and to change."""


class BootstrapWorld:
    """The real world: settings and adapters as the composition root puts them together."""

    def preferences(self, shared: Shared) -> Preferences:
        """Return the settings; the options win over the environment, and that over the file."""
        from qq2clone_tui import bootstrap

        settings = bootstrap.load_settings(_options(shared))
        return Preferences(
            settings.template or None,
            settings.run,
            settings.quiet,
            settings.use_spice,
            settings.spicy,
            settings.spice_timeout,
        )

    def open_session(self, shared: Shared) -> "Session":
        """Open the engine on the hypervisor that options and settings name."""
        from qq2clone_tui import bootstrap

        return bootstrap.open_session(_options(shared))

    def remembered(self, shared: Shared) -> Mapping[str, list[int]]:
        """Return each template of the catalogue with its clones' numbers, asking no hypervisor."""
        from qq2clone_tui import bootstrap

        catalogue = bootstrap.open_catalogue(_options(shared))
        try:
            known: dict[str, list[int]] = {template.name: [] for template in catalogue.templates()}
            for clone in catalogue.clones():
                known.setdefault(clone.identity.template, []).append(clone.identity.number)
            return known
        finally:
            catalogue.close()

    def tags(self, shared: Shared) -> Collection[str]:
        """Return the tags that clones in the catalogue carry, asking no hypervisor."""
        from qq2clone_tui import bootstrap

        catalogue = bootstrap.open_catalogue(_options(shared))
        try:
            return tuple(catalogue.tags.all())
        finally:
            catalogue.close()

    def settings_book(self, shared: Shared) -> "SettingsBook":
        """Return the settings with who set them, to look at and to change."""
        from qq2clone_tui import bootstrap

        return bootstrap.settings_book(_options(shared))


def _options(shared: Shared) -> "Options":
    from qq2clone_tui.bootstrap import Options

    for text in (shared.connection, shared.storage):
        check_text(text)
    return Options(
        connection=shared.connection,
        template=shared.template,
        storage=shared.storage,
        config=shared.config,
        data_dir=shared.data_dir,
        overrides=shared.overrides,
        read_only=bool(shared.dry_run),
    )
