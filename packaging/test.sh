#!/bin/sh
# All tests: style, types, then everything from pure rules to the whole story as processes.
# Arguments go to pytest: sh packaging/test.sh tests/card -k gvd
set -u
. "$(dirname -- "$0")/prepare.sh"

say "Stil"
"$venv/bin/ruff" check app tests && "$venv/bin/ruff" format --check app tests || exit 1
say "Typen"
"$venv/bin/mypy" || exit 1
say "Tests"
export QT_QPA_PLATFORM="${QT_QPA_PLATFORM:-offscreen}"
export PAPIERBRUECKE_REFERENZ="${PAPIERBRUECKE_REFERENZ:-$root/../shared}"
exec "$python" -m pytest "$@"
