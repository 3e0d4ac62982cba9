"""Make templates, change what they are called and made of, and delete them."""
