#!/usr/bin/env bash
# Installs both Python environments from their lock files and vendors the pages' libraries. Quick when nothing changed.
set -euo pipefail
cd "$(dirname "$0")/.."

# pyenv's shims answer for Pythons that they do not run; its versions themselves do.
for python_bin in "$HOME"/.pyenv/versions/3.1[02]*/bin; do
  [ -d "$python_bin" ] && PATH="$python_bin:$PATH"
done
export PATH

fail() { echo "setup: $*" >&2; exit 1; }

stamp() { cat "$@" scripts/setup.sh | sha256sum | cut -d' ' -f1; }
is_current() { [ "$(cat "$1" 2>/dev/null)" = "$2" ]; }

uv_bin() {
  if command -v uv >/dev/null 2>&1; then command -v uv; return; fi
  if [ ! -x .uv/bin/uv ]; then
    echo "Installing uv…" >&2
    host_python=$(command -v python3.12 || command -v python3) || fail "Python 3 is needed; install it first."
    "$host_python" -m venv .uv >&2 || fail "python3 -m venv does not work; install python3-venv."
    .uv/bin/pip install --quiet uv >&2 || fail "uv could not be installed from the package index; check the network."
  fi
  echo "$PWD/.uv/bin/uv"
}

install_python() { # environment, version, lock file
  local environment=$1 version=$2 lock=$3 wanted
  wanted=$(stamp "$lock" pyproject.toml)
  is_current "$environment/.stamp" "$wanted" && return
  echo "Installing $environment (Python $version)…" >&2
  "$uv" venv --quiet --clear --python "$version" "$environment" 2>/dev/null ||
    fail "Python $version is needed and was neither found nor could be downloaded; install it (pyenv install $version)."
  # Compiled once: where Python may not write bytecode (containers, CI), each start of Rasa takes nine seconds longer.
  VIRTUAL_ENV="$PWD/$environment" "$uv" pip sync --quiet --compile-bytecode --require-hashes "$lock" ||
    fail "the packages of $lock could not be installed; see above."
  if [ "$environment" = .venv ]; then
    VIRTUAL_ENV="$PWD/.venv" "$uv" pip install --quiet --no-deps --no-build-isolation --editable . ||
      fail "the command hotline could not be installed; see above."
  fi
  echo "$wanted" >"$environment/.stamp"
}

install_pages() {
  local wanted
  wanted=$(stamp package-lock.json)
  is_current node_modules/.stamp "$wanted" && [ -d bot/console/static/vendor ] && [ -d bot/channels/widget/vendor ] && return
  command -v npm >/dev/null 2>&1 || fail "npm is needed for the pages' libraries; install Node.js."
  echo "Installing the pages' libraries…" >&2
  npm ci --ignore-scripts --silent || fail "the packages of package-lock.json could not be installed; see above."
  mkdir -p bot/channels/widget/vendor bot/console/static/vendor
  cp node_modules/socket.io-client/dist/socket.io.min.js bot/channels/widget/vendor/
  cp node_modules/htmx.org/dist/htmx.min.js bot/console/static/vendor/
  cp node_modules/@alpinejs/csp/dist/cdn.min.js bot/console/static/vendor/alpine.min.js
  cp node_modules/@picocss/pico/css/pico.min.css bot/console/static/vendor/
  echo "$wanted" >node_modules/.stamp
}

uv=$(uv_bin)
install_python .venv 3.12 requirements.lock.txt
install_python engine/.venv 3.10 engine/requirements.lock.txt
install_pages
