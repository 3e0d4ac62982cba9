"""Hold the frozen values and pure rules of cloning: no I/O, no clock, no threads."""
