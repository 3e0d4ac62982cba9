"""Read the settings, a TOML file that its user may edit by hand; ``edit`` changes them."""

from .load import Loaded, load
from .options import Settings, UiSettings

# ``edit`` is left out: what it needs for writing TOML would cost every start 30 ms.
__all__ = ["Loaded", "Settings", "UiSettings", "load"]
