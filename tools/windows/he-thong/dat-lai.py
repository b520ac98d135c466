"""`dat-lai.py FILE`: puts a backup back; the data that were there are kept in a folder beside; the exit code."""

from __future__ import annotations

import datetime
import shutil
import subprocess
import sys
from pathlib import Path

from du_lieu import DATA, DATABASE, data_folder

from docgen.errors import DocgenError


def in_use(data: Path) -> bool:
    """True where a docgen serves that folder."""
    from docgen.web.server import ServedAlready, only_server
    from docgen.web.settings import Settings

    try:
        with only_server(Settings(data)):
            return False
    except ServedAlready:
        return True


def agreed(source: Path, data: Path) -> bool:
    """Ask before anything is changed."""
    print(f"Đặt lại dữ liệu của docgen từ {source}.")
    if (data / DATABASE).exists():
        print(f"Dữ liệu đang có ở {data} không bị xóa: nó được giữ lại trong một thư mục khác.")
    try:
        return input("Gõ C rồi bấm Enter để đặt lại; bấm Enter không để thôi: ").strip().lower() in ("c", "có", "co")
    except EOFError:
        return False


def main(arguments: list[str]) -> int:
    """Put back all of it, or nothing and say why."""
    source, home = Path(arguments[0]), Path.home()
    data, new, stamp = data_folder(home), home / DATA, f"{datetime.datetime.now():%Y-%m-%d-%H%M%S}"
    fresh, kept = home / f"{DATA}-moi-{stamp}", home / f"{DATA}-cu-{stamp}"
    if not source.is_file():
        print(f"{source} không phải một tệp. Kéo tệp zip do sao-luu.bat ghi, thả lên dat-lai.bat.")
        return 1
    try:
        if data.exists() and in_use(data):
            print("docgen đang mở. Đóng cửa sổ docgen rồi làm lại.")
            return 1
    except DocgenError as fault:
        print(fault.text())
        return 1
    if not agreed(source, data):
        print("Chưa đổi gì.")
        return 1
    command = [sys.executable, "-m", "docgen", "serve", "--data", str(fresh), "--restore", str(source)]
    if subprocess.run(command, check=False).returncode:
        shutil.rmtree(fresh, ignore_errors=True)
        return 1
    try:
        if new.exists():
            new.rename(kept)
        fresh.rename(new)
    except OSError as fault:
        if kept.exists() and not new.exists():
            kept.rename(new)
        shutil.rmtree(fresh, ignore_errors=True)
        print(f"Không đổi được tên thư mục {new} ({fault.strerror}): có chương trình đang mở tệp trong đó.")
        return 1
    if kept.exists():
        print(f"Dữ liệu trước lúc đặt lại còn ở {kept}.")
    elif data != new:
        print(f"Dữ liệu trước lúc đặt lại còn ở {data}.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
