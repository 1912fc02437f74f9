"""A run: its parameters, its directory and the lock on it."""
