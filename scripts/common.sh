# Shared by scripts/demo and scripts/test: a virtual environment of the project's own, system packages where possible.
# shellcheck shell=bash
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
VENV="${DOCGEN_VENV:-.venv}"

say() { printf '\n== %s\n' "$*"; }

# as_root COMMAND…: run it as root where that is possible without asking; fail quietly otherwise.
as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"
    elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then sudo -n "$@"
    else return 1
    fi
}

# apt_install PACKAGE…: install what is missing, with Debian's or Ubuntu's own packages. Returns 1 where it cannot.
apt_install() {
    command -v apt-get >/dev/null 2>&1 || return 1
    local missing=()
    for package in "$@"; do
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return 0
    as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq >/dev/null || return 1
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# find_python: the newest Python from 3.11 up; installs python3 where there is none.
find_python() {
    local candidate
    for candidate in python3.14 python3.13 python3.12 python3.11 python3; do
        if command -v "$candidate" >/dev/null 2>&1 &&
            "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            printf '%s' "$candidate"
            return 0
        fi
    done
    return 1
}

# make_venv EXTRAS [PIP_OPTION…]: a virtual environment in $VENV with docgen and the named extras.
make_venv() {
    local python extras="$1"
    shift
    python="$(find_python)" || { apt_install python3 python3-venv python3-pip || true; python="$(find_python)" || {
        echo "Cần Python 3.11 trở lên (apt install python3 python3-venv)." >&2
        exit 4
    }; }
    if [ ! -x "$VENV/bin/python" ]; then
        "$python" -m venv "$VENV" 2>/dev/null || {
            rm -rf "$VENV"
            apt_install python3-venv python3-pip || true
            "$python" -m venv "$VENV" || { echo "Không tạo được môi trường ảo (apt install python3-venv)." >&2; exit 4; }
        }
    fi
    "$VENV/bin/python" -m pip install -q --disable-pip-version-check -e ".[$extras]" "$@"
    PATH="$PWD/$VENV/bin:$PATH"
    export PATH
}
