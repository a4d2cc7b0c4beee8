"""`./dev bench`: what this checkout can do on this machine, beside what the machine can do without it."""
