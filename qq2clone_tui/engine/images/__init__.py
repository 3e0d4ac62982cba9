"""Say which images must not be touched, who needs them, and whether they are what they were."""
