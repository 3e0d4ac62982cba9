"""Show the fleet full-screen: the only package that knows Textual."""
