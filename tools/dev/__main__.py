"""What `./dev` does. Standard library only: it must run before anything is installed."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[0] = str(ROOT)

from tools.dev.commands import main  # noqa: E402  (the path above makes it findable)

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
