"""Offer every verb of the engine on the command line, for scripts: stdout is data, stderr is narration."""
