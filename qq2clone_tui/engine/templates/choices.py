"""Hold what a user may choose when importing a template."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from qq2clone_tui.domain.disk import DiskPolicy
from qq2clone_tui.domain.errors import BadArgument

__all__ = ["Choices"]

OPTIONS: Mapping[str, frozenset[str]] = {
    "hostdev": frozenset({"refuse", "strip"}),
    "tpm": frozenset({"empty", "copy"}),
}


@dataclass(frozen=True)
class Choices:
    """How a template's parts are treated in its clones.

    Args:
        copy: make copies of the images, so that the template owns them.
        policies: by disk target; ``overlay`` for disks that are not named.
        options: ``hostdev`` = refuse|strip, ``tpm`` = empty|copy; the first of each is the default.
    """

    copy: bool = False
    policies: Mapping[str, DiskPolicy] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)

    def check(self, targets: Iterable[str]) -> None:
        """Refuse choices about what the template does not have.

        Raises:
            BadArgument: a disk is unknown, or an option or its value is.
        """
        known = sorted(targets)
        for target in self.policies:
            if target not in known:
                raise BadArgument(
                    "cannot choose a policy for the disk",
                    subject=target,
                    why=f"the disks that clones get are: {', '.join(known) or 'none'}",
                )
        for name, value in self.options.items():
            allowed = OPTIONS.get(name, frozenset())
            if value not in allowed:
                words = "; ".join(f"{option}={'|'.join(sorted(values))}" for option, values in OPTIONS.items())
                raise BadArgument("unknown choice", subject=f"{name}={value}", why=f"there are {words}")
