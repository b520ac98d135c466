"""`sao-luu.py [FOLDER]`: a backup of docgen's data in a new file of FOLDER, named after the time; its exit code."""

from __future__ import annotations

import datetime
import subprocess
import sys
from pathlib import Path

from du_lieu import BACKUPS, DATABASE, data_folder


def main(arguments: list[str]) -> int:
    """Back up, or say why not."""
    data = data_folder(Path.home())
    folder = Path(arguments[0]) if arguments else Path.home() / BACKUPS
    if not (data / DATABASE).exists():
        print(f"Chưa có dữ liệu nào để sao lưu: không thấy {data / DATABASE}.")
        return 1
    if arguments and not folder.is_dir():
        print(f"{folder} không phải thư mục hay ổ đĩa. Kéo một thư mục, hoặc một ổ USB, thả lên sao-luu.bat.")
        return 1
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        print(f"Không lập được thư mục {folder}: {fault.strerror}.")
        return 1
    target = folder / f"docgen-{datetime.datetime.now():%Y-%m-%d-%H%M%S}.zip"
    command = [sys.executable, "-m", "docgen", "serve", "--data", str(data), "--backup", str(target)]
    return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
