#!/bin/sh
# The main job on one screen: the morning of the Arvato failure (9 July 2025), from the first
# failure to the signed report. Opens the window if there is a screen; otherwise it leaves
# pictures. Arguments go to the drill: sh packaging/demo.sh --szenario kim-server-aus
set -u
. "$(dirname -- "$0")/prepare.sh"

out="${PAPIERBRUECKE_DEMO:-$root/uebung}"
say "Übung: Papiere, Bilder und Bericht kommen nach $out"
if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
    exec "$venv/bin/papierbruecke" uebung -o "$out" "$@"
fi
export QT_QPA_PLATFORM=offscreen
exec "$venv/bin/papierbruecke" uebung -o "$out" --ohne-fenster "$@"
