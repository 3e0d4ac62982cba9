"""List the commands on templates, their versions, and the images they are made of."""

from qq2clone_tui.domain.plan import Danger

from .command import Command, Group

__all__ = ["TEMPLATES"]


def _act(ident: str, key: str, title: str, text: str, words: str, *, danger: Danger = Danger.NONE) -> Command:
    return Command(ident, (key,), title, text, Group.TEMPLATES, danger=danger, writes=True, words=words)


TEMPLATES: tuple[Command, ...] = (
    _act(
        "templates.take",
        "I",
        "import",
        "Make a template of a machine or an XML file.",
        "import-template add new domain take template",
    ),
    _act("templates.sample", "M", "sample", "Make the small sample template.", "example demo try tiny new template"),
    _act(
        "templates.copy",
        "N",
        "copy",
        "Make a second template of the same images.",
        "copy-template duplicate new template",
    ),
    _act("templates.rename", "n", "rename", "Rename the template and its clones.", "name move call template"),
    _act(
        "staging.ask",
        "y",
        "next version",
        "Prepare, commit or discard the template's next version.",
        "staging machine commit-image prepare-image discard-image in place modify-template change update note new",
        danger=Danger.LOSES,
    ),
    _act(
        "versions.acknowledge",
        "A",
        "acknowledge",
        "See how others changed an image, and take it as it is.",
        "drift drifted altered accept base changed trust warning",
    ),
    _act("edit.template", "E", "edit", "Edit the template's XML in your editor.", "xml change define modify-template"),
    _act(
        "templates.remove",
        "X",
        "remove template",
        "Remove the template in view; only when it has no clones.",
        "delete-template delete rm forget",
        danger=Danger.LOSES,
    ),
    Command(
        "uses.show",
        ("w",),
        "uses",
        "See which images and machines stand on this, with bytes.",
        Group.TEMPLATES,
        words="dependents depends needs users backing chain tree space disk size shared images overlays",
    ),
    _act(
        "pruning.plan",
        "Y",
        "prune",
        "Remove versions that nobody needs, or only shorten chains of images.",
        "free space disk reclaim clean up cleanup old unused garbage collect delete versions flatten chain",
        danger=Danger.LOSES,
    ),
)
