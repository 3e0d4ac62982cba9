"""Make templates, and remove those without clones."""

from typing import TYPE_CHECKING

from qq2clone_tui.domain.plan import Plan
from qq2clone_tui.engine.templates.importing import ImportReport
from qq2clone_tui.engine.templates.removal import TemplateRemoval

from ..dialogs.choices import ImportDialog, ImportWish
from ..dialogs.message import MessageDialog
from ..dialogs.name import NameDialog, NameWish
from ..dialogs.question import QuestionDialog
from ..presenters.templates import import_lines, removal_lines
from ..presenters.text import visible
from .plans import Plans

if TYPE_CHECKING:
    from ..screens.main import MainScreen

__all__ = ["TemplateActions"]


class TemplateActions:
    """Carries out the commands of the noun ``templates``."""

    def __init__(self, main: "MainScreen", plans: Plans) -> None:
        self._main = main
        self._plans = plans

    def take(self) -> None:
        """Ask which machine becomes a template, and import it."""
        app = self._main.qq

        def go(wish: ImportWish | None) -> None:
            if wish is not None:
                app.errands.run(
                    "importing",
                    lambda: app.session.import_template(wish.source, wish.name, copy=wish.copy),
                    self._imported,
                )

        app.push_screen(ImportDialog(), go)

    def sample(self) -> None:
        """Make the sample template."""
        make = self._main.qq.make_sample
        if make is not None:
            self._main.qq.errands.run("making the sample template", make, self._made)

    def remove(self) -> None:
        """Ask about removing the template in view."""
        app, name = self._main.qq, self._main.situation().template
        app.errands.run("planning removal", lambda: app.session.plan_delete_template(name), self._ask)

    def copy(self) -> None:
        """Ask for a name, and make a second template of the same images."""
        app, name = self._main.qq, self._main.situation().template

        def go(wish: NameWish | None) -> None:
            if wish is not None:
                made = f"{visible(wish.name)} is made of the images of {visible(name)}: E edits it"
                app.errands.run(
                    "copying",
                    lambda: app.session.naming.copy(name, wish.name),
                    lambda _: self._main.flash(made, "good"),
                )

        remark = "Nothing is copied but the description: images are shared."
        app.push_screen(NameDialog(f"A second {visible(name)}", f"{name}-2", self._names(), remark), go)

    def rename(self) -> None:
        """Ask for another name, and give it to the template and its clones."""
        app, name = self._main.qq, self._main.situation().template

        def go(wish: NameWish | None) -> None:
            if wish is not None:
                self._plans.decide("renaming", lambda: self._renamed(name, wish.name))

        others = self._names() - {name}
        remark = "Active and saved machines are renamed once they are off."
        app.push_screen(NameDialog(f"Rename {visible(name)}", name, others, remark), go)

    def _renamed(self, name: str, new: str) -> Plan:
        naming = self._main.qq.session.naming
        plan = naming.plan(name, new)
        naming.rename(name, new)
        return plan

    def _names(self) -> set[str]:
        return {template.name for template in self._main.desk.inventory.templates}

    def _ask(self, removal: TemplateRemoval) -> None:
        app = self._main.qq

        def answered(yes: bool | None) -> None:
            if yes:
                app.errands.run("removing", lambda: app.session.delete_template(removal.name), self._removed)

        app.present(QuestionDialog("Remove the template?", removal_lines(removal)), answered)

    def _imported(self, report: ImportReport) -> None:
        if report.findings:
            self._main.qq.present(MessageDialog("Imported", import_lines(report)))
        self._main.flash(f"{visible(report.template.name)} is a template now: c makes clones of it", "good")

    def _made(self, _: object) -> None:
        self._main.flash("The sample template is ready: c makes clones of it", "good")

    def _removed(self, removal: TemplateRemoval) -> None:
        self._main.flash(f"{visible(removal.name)} is no template any more", "good")
