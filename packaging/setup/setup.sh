#!/bin/sh
# setup.sh PART...: makes a checkout ready to run, to test or to check. Called by the Makefile; safe to call again,
# and quick when nothing changed: no pip, no npm, no network.
set -eu

cd -P "$(dirname "$0")/../.."
here=packaging/setup
# shellcheck source=packaging/setup/say.sh
. "$here/say.sh"
# shellcheck source=packaging/setup/venv.sh
. "$here/venv.sh"
# shellcheck source=packaging/setup/ui.sh
. "$here/ui.sh"
# shellcheck source=packaging/setup/suites.sh
. "$here/suites.sh"
# shellcheck source=packaging/setup/debian.sh
. "$here/debian.sh"
# shellcheck source=packaging/setup/autobahn.sh
. "$here/autobahn.sh"

mkdir -p build/stamps

# Two terminals in one checkout take turns instead of installing over each other.
if command -v flock >/dev/null 2>&1; then
    exec 9>build/stamps/lock
    flock 9
fi

# pip and npm keep caches under HOME; a system account has none that it may write to.
if [ ! -d "${HOME:-}" ] || [ ! -w "${HOME:-}" ]; then
    HOME=$PWD/build/home
    mkdir -p "$HOME"
    export HOME
fi

for part in "$@"; do
    case "$part" in
    runtime) install runtime requirements.txt ;;
    dev) install dev requirements-dev.txt ;;
    bench) install bench requirements-bench.txt ;;
    suites) suites ;;
    ui) ui_build ;;
    ui-test) ui_test ;;
    ui-types) ui_types ;;
    ui-packages) ui_packages ;;
    debian) debian_packages ;;
    autobahn) autobahn ;;
    *) fail "setup.sh knows no part '$part'" "setup.sh 没有名为「$part」的部分" ;;
    esac
done
