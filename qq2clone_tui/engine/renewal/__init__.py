"""Give machines other disks."""
