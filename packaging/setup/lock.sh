#!/bin/sh
# Renews the pinned requirement files from their .in files: all hashes for every platform, and no address of any index,
# so that an operator's own mirror works as well as the public one. Needs `uv`.
set -eu

cd "$(dirname "$0")/../.."
export UV_CUSTOM_COMPILE_COMMAND='make lock'
for name in requirements requirements-dev requirements-bench requirements-node; do
    uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-emit-find-links "$name.in" -o "$name.txt"
done
