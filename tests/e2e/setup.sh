#!/usr/bin/env bash
# Installs a real VS Code that runs in a browser (code-server), Chromium and playwright-core.
# Usage: setup.sh DIR
# Needs Debian, root, Node 20 and npm. Idempotent: a second run takes a second.
set -euo pipefail

CODE_SERVER=4.100.3
dir=${1:?usage: setup.sh DIR}
stamp="$dir/.ready-$CODE_SERVER"
log="$dir/setup.log"

fail() { echo "vscode-e2e: $*" >&2; [ -s "$log" ] && tail -n 15 "$log" >&2; exit 1; }

if [ -e "$stamp" ] && [ -x /usr/bin/chromium ]; then echo "$dir"; exit 0; fi

command -v node >/dev/null || fail "node is missing (Node 20 is needed)"
[ "$(node -p 'process.versions.node.split(".")[0]')" = 20 ] || fail "Node 20 is needed, found $(node --version)"
mkdir -p "$dir"
: >"$log"
# Native modules are built with the headers that came with this Node, where it has them: no download then.
prefix=$(node -p 'require("path").resolve(process.execPath, "../..")')
[ -e "$prefix/include/node/node.h" ] && export npm_config_nodedir="$prefix"

missing=()
for package in chromium ripgrep build-essential python3 pkg-config libkrb5-dev libx11-dev libxkbfile-dev libsecret-1-dev; do
  dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
  [ "$(id -u)" = 0 ] || fail "root is needed to install: ${missing[*]}"
  { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}"; } >>"$log" 2>&1 ||
    fail "apt-get could not install: ${missing[*]}"
fi

cd "$dir"
[ -e package.json ] || echo '{"name":"vscode-e2e","private":true}' >package.json
npm=(npm --no-fund --no-audit --loglevel=error)
# Install scripts are skipped: one of them downloads ripgrep from a host that may be out of reach.
"${npm[@]}" install --ignore-scripts "code-server@$CODE_SERVER" playwright-core >>"$log" 2>&1 || fail "npm could not install code-server"
"${npm[@]}" rebuild argon2 >>"$log" 2>&1 || fail "argon2 did not build"

code="$dir/node_modules/code-server/lib/vscode"
cd "$code"
"${npm[@]}" install --ignore-scripts --omit=dev >>"$log" 2>&1 || fail "the editor's packages did not install"
mkdir -p node_modules/@vscode/ripgrep/bin && ln -sf "$(command -v rg)" node_modules/@vscode/ripgrep/bin/rg
for module in @vscode/spdlog native-watchdog @parcel/watcher kerberos; do
  "${npm[@]}" rebuild "$module" >>"$log" 2>&1 || fail "$module did not build"
done
# node-pty's build succeeds; the script that runs after it does not, and does not matter.
"${npm[@]}" rebuild node-pty >>"$log" 2>&1 || true
ln -sfn node_modules node_modules.asar
ln -sf code-linux.sh bin/remote-cli/code-server
ln -sf browser-linux.sh bin/helpers/browser.sh
(cd extensions && "${npm[@]}" install --ignore-scripts --omit=dev >>"$log" 2>&1) || fail "the built-in extensions' packages did not install"

cd "$dir"
node node_modules/code-server/out/node/entry.js --version >>"$log" 2>&1 || fail "code-server does not start"
touch "$stamp"
echo "$dir"
