"""Read and change the settings: a TOML file that its user may edit by hand."""

from .edit import set_option
from .load import Loaded, load
from .options import Settings, UiSettings

__all__ = ["Loaded", "Settings", "UiSettings", "load", "set_option"]
