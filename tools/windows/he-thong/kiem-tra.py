"""`kiem-tra.py 3.13`: exit 0 where this Python is that CPython, for 64-bit Windows on Intel or AMD."""

import platform
import sys
import sysconfig

if __name__ == "__main__":
    here = (platform.python_implementation(), "{}.{}".format(*sys.version_info[:2]), sysconfig.get_platform())
    sys.exit(here != ("CPython", sys.argv[1], "win-amd64"))
