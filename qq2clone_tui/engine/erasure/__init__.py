"""Remove machines so that nothing of them can be read."""
