"""Write the manual page from the tables that the command line itself is made of."""
