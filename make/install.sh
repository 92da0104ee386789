#!/usr/bin/env bash
# Installs the npm dependencies once for each state of package-lock.json. Says in one line what is missing.
set -eu
cd "$(dirname "$0")/.."

fail() {
  echo "$1" >&2
  exit 1
}

# The project's own Node must not answer for the system's.
PATH=$(printf '%s' "$PATH" | tr ':' '\n' | grep -v node_modules | paste -sd: -)

command -v node >/dev/null || fail 'Node.js is missing: install version 20 or newer with npm (https://nodejs.org) and try again.'
version=$(node --version)
major=${version#v}
[ "${major%%.*}" -ge 20 ] || fail "Node.js $version is too old: install version 20 or newer (https://nodejs.org) and try again."
command -v npm >/dev/null || fail 'npm is missing: install it (it comes with Node.js; Debian: apt-get install npm) and try again.'

stamp=node_modules/.installed-lock
lock=$(sha256sum package-lock.json | cut -d' ' -f1)
own_node_works() { [ "$(node_modules/.bin/node --version 2>/dev/null | cut -d. -f1)" = v24 ]; }

if own_node_works; then
  [ "$(cat "$stamp" 2>/dev/null)" != "$lock" ] || exit 0
  # Somebody ran `npm install` by hand after the lock was written: that is as good.
  if [ node_modules/.package-lock.json -nt package-lock.json ]; then
    echo "$lock" >"$stamp"
    exit 0
  fi
fi

echo 'installing dependencies …'
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# Development dependencies are wanted whatever NODE_ENV says: Node itself is one of them.
if ! npm ci --include=dev --no-progress >"$log" 2>&1; then
  grep -m 12 'npm error' "$log" >&2 || tail -n 12 "$log" >&2
  ! grep -q ENOSPC "$log" || fail 'The disk is full: delete something and try again.'
  ! grep -q 'in sync' "$log" || fail 'package-lock.json does not fit the package.json files: run npm install and commit it.'
  fail 'npm ci failed, the reason is above: check the network connection and try again.'
fi
own_node_works || fail 'Node 24 was not installed: allow npm to run install scripts (npm config delete ignore-scripts) and try again.'
echo "$lock" >"$stamp"
