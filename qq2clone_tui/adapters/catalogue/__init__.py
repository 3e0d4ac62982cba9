"""Remember templates and clones in one SQLite file for each hypervisor."""

from .catalogue import SqliteCatalogue
from .location import catalogue_key, catalogue_path

__all__ = ["SqliteCatalogue", "catalogue_key", "catalogue_path"]
