"""Exit 0 where this Python is the one that the wheels are made for: CPython 3.13 for 64-bit Windows on Intel or AMD."""

import platform
import sys
import sysconfig

WANTED = ("CPython", (3, 13), "win-amd64")

if __name__ == "__main__":
    sys.exit((platform.python_implementation(), sys.version_info[:2], sysconfig.get_platform()) != WANTED)
