"""Say in a sentence what each option does."""

from collections.abc import Mapping

__all__ = ["HELP"]

HELP: Mapping[str, str] = {
    "template": "Template that clone verbs work in without -t.",
    "template_dir": "Directory of the templates' XML files; absolute, or below ~/.",
    "connection": "URI of the hypervisor.",
    "storage": "Absolute directory, or name of a libvirt directory pool, for new images and saved states.",
    "run": "Start a clone when it is made.",
    "use_spice": "Open a console after cloning and starting; unset: when a viewer is installed and there is a display.",
    "spicy": "Use spicy rather than virt-viewer.",
    "spice_timeout": "Seconds to wait for a graphical console.",
    "quiet": "Say errors only, and ask no questions.",
    "jobs": "Machines worked on at a time.",
    "depth": "Files that a chain of images may have; what is deeper, flatten makes shorter.",
    "ui.theme": "Theme of the full-screen app.",
    "ui.keymap": "Other keys for commands of the app, by the id of the command in the README's key table.",
    "ui.confirm": "Ask before every change, before guests are cut off (interrupts), or before files are lost.",
    "ui.columns": "Columns of the clone table, of: number name state version cpu memory disk address age.",
}
"""One sentence for each option, by its name."""
