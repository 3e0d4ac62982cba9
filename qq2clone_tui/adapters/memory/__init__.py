"""Play a whole hypervisor in memory, for screenshots and tests of the upper layers."""
