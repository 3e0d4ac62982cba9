"""Hold what the manual page says beyond the tables of verbs and options."""

__all__ = ["ABOUT", "FILES", "SETS", "SETS_ABOUT", "VARIABLES"]

ABOUT = (
    "qq2clone makes and runs fleets of QEMU/KVM machines that libvirt looks after. A clone is a machine with an "
    "identity of its own whose disks are thin copy-on-write files over the images of a template: made in "
    "milliseconds, a few hundred KiB in size.",
    "Verbs on templates name the template. Verbs on clones work in the template that -t names, else in that of the "
    "setting template, else in the only one there is.",
    "Without --connection, the setting connection decides, then the variable LIBVIRT_DEFAULT_URI; then "
    "qemu:///system and qemu:///session are tried. Results go to the standard output, all else to the standard "
    "error.",
    "rm, rm-wipe, rm-shred, save-rm, and delete-template where it deletes images, show their plan and ask, but only"
    " on a terminal. --yes asks nothing; -q and -Q forbid questions, so on a terminal they need --yes.",
    "One machine's failure never stops the others. A batch in which some failed exits with the code of the first "
    "failure and names every machine. After Ctrl-C the machines under way are finished and the others skipped.",
)

SETS_ABOUT = (
    "SET names machines: terms with commas between them and no spaces. A term with ^ in front excludes, and "
    "exclusion always wins, whatever the order. Machines that do not exist are left out. It is an error when "
    "nothing is left, when there are only exclusions, or when the verb can act on none of them."
)

SETS = (
    ("3", "the machine of that number"),
    ("2-5", "the numbers from 2 to 5"),
    ("all crashed idle in-shutdown off paused pmsuspended running saved", "machines in that state"),
    ("web-*", "names, with * for anything"),
    ("@web", "machines with that tag; @failed are those for which the last exec failed"),
    ("1-10,^3-7", "1, 2, 8, 9 and 10"),
    ("all,^running", "whatever is not running"),
)

VARIABLES = (
    (
        "QQ2CLONE_OPTION",
        "beats that setting of the file; a dot in its name becomes an underscore, as in QQ2CLONE_UI_THEME",
    ),
    ("QQ2CLONE_CONFIG, QQ2CLONE_DATA_DIR", "as --config and --data-dir"),
    ("LIBVIRT_DEFAULT_URI", "hypervisor where neither option nor setting names one"),
    ("VISUAL, EDITOR", "the editor"),
    ("uuid, name, disks, number, template, state, mac, ip, graphics", "are set for the command of exec"),
)

FILES = (
    ("~/.config/qq2clone/config.toml", "settings"),
    ("~/.local/share/qq2clone/", "the catalogue of templates and clones, and the XML of templates"),
    ("~/.local/state/qq2clone/", "the log, and what libvirt itself had to say"),
    (
        "/var/lib/libvirt/images/qq2clone, ~/storage-qq2clone/qq2clone-pool",
        "images of clones, unless --storage says otherwise",
    ),
)
