"""Open the consoles of machines."""
