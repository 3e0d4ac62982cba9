"""Make and run fleets of copy-on-write QEMU/KVM machines from templates."""

__version__ = "0.1.0"
