"""The two ways in which a command can end badly."""


class InputError(ValueError):
    """Bad input, told in one sentence that names the value and what is allowed.

    The command line prints the sentence without a traceback and exits with code 2. It is a
    ``ValueError``, so callers in Python need not know this package's own names.
    """


class FailedError(RuntimeError):
    """Work on good input that failed, told without a traceback; the exit code is 1."""
