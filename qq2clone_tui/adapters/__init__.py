"""Connect the engine's ports to libvirt, qemu-img, SQLite, TOML and the operating system."""
