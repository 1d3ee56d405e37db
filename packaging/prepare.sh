# Sourced by demo.sh and test.sh: installs what is missing and says so. A second run finds
# everything in place and needs no network. Leaves $python pointing into the environment.
#
# What it needs: Debian 12 or Ubuntu with Python 3.11, as root or with sudo.
# PAPIERBRUECKE_VENV chooses another folder for the environment (default: .venv here).

say() { printf '== %s\n' "$*"; }

root=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
cd "$root" || exit 1

as_root=""
if [ "$(id -u)" -ne 0 ]; then
    as_root="sudo"
fi

# Qt, fonts for looking at PDFs, a build of pyscard, and the real counterparts of the tests:
# smart card service with a virtual reader, CUPS with a PDF printer, a mail server, an LDAP server.
packages="python3-venv python3-dev gcc libc6-dev libpcsclite-dev
libegl1 libgl1 libx11-6 libdbus-1-3 libfontconfig1 libglib2.0-0 libxkbcommon0 libbrotli1 libcups2
libxkbcommon-x11-0 libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-image0 libxcb-randr0
libxcb-render-util0 libxcb-shape0 libxcb-xkb1 libx11-xcb1 xvfb xauth xdotool
pcscd libccid vsmartcard-vpcd cups cups-client cups-filters printer-driver-cups-pdf poppler-utils
dovecot-pop3d slapd ldap-utils strace iproute2 ca-certificates"

missing=""
for package in $packages; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q '^install ok installed$' || missing="$missing $package"
done
if [ -n "$missing" ]; then
    say "Systempakete werden installiert:$missing"
    # Services are started by the tests themselves; a fresh machine must not start them twice.
    $as_root apt-get update -qq || exit 1
    # shellcheck disable=SC2086
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null || exit 1
fi

base=""
for candidate in python3.11 python3; do
    if command -v "$candidate" >/dev/null 2>&1 &&
        "$candidate" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))'; then
        base=$candidate
        break
    fi
done
if [ -z "$base" ]; then
    say "Es wird Python 3.11 gebraucht (das ist die geprüfte Version)."
    exit 1
fi

venv=${PAPIERBRUECKE_VENV:-"$root/.venv"}
python="$venv/bin/python"
stamp=$(cat requirements.lock pyproject.toml packaging/prepare.sh | sha256sum | cut -d' ' -f1)
if [ "$(cat "$venv/eingerichtet" 2>/dev/null)" != "$stamp $root" ]; then
    say "Python-Umgebung wird eingerichtet: $venv"
    [ -x "$python" ] || "$base" -m venv "$venv" || exit 1
    "$python" -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock || exit 1
    "$python" -m pip install -q --disable-pip-version-check --no-deps -e . || exit 1
    "$python" -m pip check || exit 1
    printf '%s\n' "$stamp $root" >"$venv/eingerichtet"
fi
