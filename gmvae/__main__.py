"""``python -m gmvae``."""

import sys

from gmvae.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
