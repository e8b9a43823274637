#!/usr/bin/env bash
# Resolves the lock files anew: hashes, every platform, and no index address in them.
set -euo pipefail
cd "$(dirname "$0")/.."
uv=$(command -v uv || echo .uv/bin/uv)
compile() { "$uv" pip compile --quiet --universal --generate-hashes --no-header "$@"; }
compile --python-version 3.12 --extra dev pyproject.toml -o requirements.lock.txt
compile --python-version 3.10 engine/requirements.in -o engine/requirements.lock.txt
npm install --package-lock-only --ignore-scripts --silent
