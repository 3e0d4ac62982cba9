"""Hold one module a verb; each maps the verb's name to its click command in ``commands``."""
