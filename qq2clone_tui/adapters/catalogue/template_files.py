"""Keep each template's domain XML as a file that its user may edit."""

from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from qq2clone_tui.adapters.private_files import failure, make_directory, replace_file
from qq2clone_tui.domain.errors import AccessError, BadXml, TemplateError
from qq2clone_tui.domain.names import check_template_name
from qq2clone_tui.domain.safe_xml import MAX_CHARACTERS, parse_domain

__all__ = ["TemplateFiles"]


class TemplateFiles:
    """The directory of ``<name>.xml`` files.

    Args:
        directory: absolute path; made with mode 0700 when the first file is written.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def path(self, name: str) -> Path:
        """Return the path of a template's file, always directly inside the directory.

        Raises:
            TemplateError: the name is not one that a template may have.
        """
        check_template_name(name)
        return self._directory / f"{name}.xml"

    def read(self, name: str) -> str | None:
        """Return the XML in the file, None when there is no file.

        Raises:
            AccessError: it cannot be read.
            BadXml: it is malformed, has a DOCTYPE, or is something other than a domain.
        """
        path = self.path(name)
        try:
            with path.open("rb") as stream:
                content = stream.read(4 * MAX_CHARACTERS + 1)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise failure("cannot read the template's XML", path, error) from error
        return _checked(path, content)

    def write(self, name: str, xml: str) -> None:
        """Write the file whole or not at all.

        Raises:
            AccessError: it cannot be written; a file that was there is as it was.
        """
        path = self.path(name)
        make_directory(path.parent)
        replace_file(path, xml)

    def strays(self, known: Collection[str]) -> dict[str, str]:
        """Return the XML of the files that none of the names in ``known`` has, by name; unusable ones are left out."""
        found: dict[str, str] = {}
        names = sorted(path.stem for path in self._directory.glob("*.xml"))
        for name in names:
            if name in known:
                continue
            with suppress(AccessError, BadXml, TemplateError):
                xml = self.read(name)
                if xml is not None:
                    found[name] = xml
        return found

    def keep_aside(self, name: str, xml: str) -> None:
        """Rename a file that is there already and holds something else than ``xml``, so that nothing is lost."""
        path = self.path(name)
        try:
            if not path.exists() or path.read_bytes() == xml.encode():
                return
            number = 1
            while (aside := path.with_name(f"{path.name}.old-{number}")).exists():
                number += 1
            path.rename(aside)
        except OSError as error:
            raise failure("cannot put the old file aside", path, error) from error

    def remove(self, name: str) -> None:
        """Delete the file; a missing one is no error."""
        path = self.path(name)
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise failure("cannot delete the template's XML", path, error) from error


def _checked(path: Path, content: bytes) -> str:
    remedy = "Mend the file; or delete it, and it is written again as it last was."
    try:
        text = content.decode("utf-8-sig")
        parse_domain(text)
    except UnicodeDecodeError as error:
        why = "it is not UTF-8 text"
        raise BadXml("cannot use the template's XML", subject=str(path), why=why, remedy=remedy) from error
    except BadXml as error:
        raise BadXml("cannot use the template's XML", subject=str(path), why=error.why, remedy=remedy) from error
    return text
