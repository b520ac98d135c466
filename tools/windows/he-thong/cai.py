"""`cai.py`: installs the wheels beside this file into the Python that runs it, and shows how far it is."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from pathlib import Path

#: Seconds between two looks.
PAUSE = 0.5


def command(root: Path) -> list[str]:
    """What is asked of pip: each wheel by its SHA-256, nothing from the network."""
    return [
        sys.executable, "-m", "pip", "--isolated", "install", "--quiet", "--disable-pip-version-check", "--no-index",
        "--no-deps", "--require-hashes", "--find-links", str(root / "wheels"),
        "-r", str(root / "he-thong" / "cai-gi.txt"),
    ]  # fmt: skip


def there() -> int:
    """How many distributions this Python has."""
    return sum(1 for _ in Path(sysconfig.get_path("purelib")).glob("*.dist-info"))


def main() -> int:
    """Install; pip's exit code."""
    root = Path(__file__).absolute().parents[1]
    before, count = there(), len(list((root / "wheels").glob("*.whl")))
    print(f"Bước 2/3: cài {count} thư viện, chừng vài phút (nửa đầu chỉ kiểm tra tệp, số đứng yên).", flush=True)
    with subprocess.Popen(command(root)) as pip:
        while True:
            print(f"\r  {max(0, there() - before)}/{count} ", end="", flush=True)
            try:
                code = pip.wait(PAUSE)
                break
            except subprocess.TimeoutExpired:
                continue
    print(f"\r  {max(0, there() - before)}/{count} ", flush=True)
    return code


if __name__ == "__main__":
    sys.exit(main())
