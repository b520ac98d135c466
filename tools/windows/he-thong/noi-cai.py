"""`noi-cai.py`: exit 1, and say why, where docgen must not be installed in the folder above this file."""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

from du_lieu import BACKUPS, DATA, DATABASE, EARLIER

#: What Windows says of a drive that lies on another machine.
REMOTE = 4
GOOD = r"C:\Users\(tên của bạn)\docgen-chuong-trinh"


def on_another_machine(folder: Path) -> bool:
    """True for `Z:` where that is a shared folder."""
    windows = getattr(ctypes, "windll", None)
    return windows is not None and windows.kernel32.GetDriveTypeW(folder.anchor) == REMOTE


def why_not(folder: Path, home: Path) -> str:
    """Why docgen must not be installed there; empty where it may."""
    data = [home / DATA, home / EARLIER, home / BACKUPS]
    if (folder / DATABASE).exists() or any(folder in (one, *one.parents) or one in folder.parents for one in data):
        return "Thư mục này là nơi chứa dữ liệu, hồ sơ của docgen (hay bao trùm nơi ấy). Chương trình phải ở chỗ khác."
    if on_another_machine(folder):
        return "Thư mục này nằm trên ổ mạng, docgen không chạy ở đó."
    clouds = [Path(place) for name, place in os.environ.items() if name.upper().startswith("ONEDRIVE") and place]
    if any(cloud in (folder, *folder.parents) for cloud in clouds):
        return "Thư mục này nằm trong OneDrive: tệp bị chuyển lên mạng, docgen không chạy ổn ở đó."
    return ""


if __name__ == "__main__":
    here = Path(__file__).absolute().parents[1]
    why = why_not(here, Path.home())
    if why:
        print(f"\n{why}\nThư mục này: {here}\nHãy giải nén tệp zip vào {GOOD} rồi chạy cai-dat.bat ở đó.")
    elif Path.home() not in here.parents:
        print(f"\nLưu ý: {here} nằm ngoài thư mục người dùng của bạn.")
        print("Ai khác cũng ghi được vào đó thì sửa được chương trình mà bạn chạy. Nơi nên đặt:", GOOD)
    sys.exit(bool(why))
