"""Hold one reason why a template cannot be cloned."""

from dataclasses import dataclass

__all__ = ["Obstacle"]


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One reason why a machine cannot be a template.

    Args:
        where: the part of the machine, as a person names it ("disk vda").
        why: what about it cannot be cloned, as a clause.
        remedy: what to do, as a sentence.
    """

    where: str
    why: str
    remedy: str

    def sentence(self) -> str:
        """Return the obstacle as one line of plain text."""
        return f"{self.where}: {self.why}. {self.remedy}"
