"""`sao-luu.py DATA FOLDER`: a backup of docgen's data in a new file of FOLDER, named after the time; its exit code."""

import datetime
import subprocess
import sys
from pathlib import Path

if __name__ == "__main__":
    data, folder = sys.argv[1], Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"docgen-{datetime.datetime.now():%Y-%m-%d-%H%M%S}.zip"
    command = [sys.executable, "-m", "docgen", "serve", "--data", data, "--backup", str(target)]
    sys.exit(subprocess.run(command, check=False).returncode)
