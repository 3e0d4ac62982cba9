"""Find the style sheets: inside the installed package, or beside it in a checkout."""

from pathlib import Path, PurePath

__all__ = ["stylesheets"]

_PACKAGE = Path(__file__).resolve().parents[1]


def stylesheets() -> list[str | PurePath]:
    """Return the absolute paths of all style sheets, in the order they apply.

    Raises:
        FileNotFoundError: the installation is broken.
    """
    for folder in (_PACKAGE / "styles", _PACKAGE.parent / "styles"):
        if sheets := sorted(folder.glob("*.tcss")):
            return [*sheets]
    raise FileNotFoundError(f"no style sheets in {_PACKAGE / 'styles'} or {_PACKAGE.parent / 'styles'}")
