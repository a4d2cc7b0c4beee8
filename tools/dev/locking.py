"""Writes requirements.lock and requirements-dev.lock from pyproject.toml: every version and every hash."""

import re
import shutil
import subprocess

from tools.dev.environment import ROOT
from tools.dev.saying import Trouble, say


def lock() -> int:
    uv = shutil.which("uv") or ROOT / ".venv" / "bin" / "uv"
    if not shutil.which(str(uv)):
        raise Trouble(
            "uv is not here, and it writes the lock files.", "Install it: python3 -m pip install uv"
        )
    for name, extra in (("requirements.lock", []), ("requirements-dev.lock", ["--group", "dev"])):
        command = [str(uv), "pip", "compile", "pyproject.toml", "--universal", "--python-version", "3.11"]
        command += ["--generate-hashes", "--no-header", "--no-annotate", "-o", name, *extra]
        if subprocess.run(command, cwd=ROOT, check=False, stdout=subprocess.DEVNULL).returncode:
            raise Trouble(f"{name} could not be written.", "What uv said stands above.")
        text = (ROOT / name).read_text("utf-8")
        # Where a package came from is this machine's affair.
        text = re.sub(r"^--(?:extra-)?index-url.*\n", "", text, flags=re.MULTILINE)
        (ROOT / name).write_text(text, "utf-8")
        say(f"{name}: {text.count('==')} packages.")
    return 0
