"""Make the versions of templates, look after them, and let them go."""
