"""How people prove who they are, beside their password: see README.md."""
