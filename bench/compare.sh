#!/usr/bin/env bash
# The same clip, client and model against this server, aiortc and libwebrtc in Node, in turn, several rounds:
#   bench/compare.sh [--rounds 3] [--duration 10] [--model yolox_nano.onnx] [--jobs echo,echo-hd,annotated,json] [--output compare.json]
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
"$here/build.sh"
missing=()
for package in python3-aiortc python3-aiohttp python3-opencv; do
  dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package")
done
if [ "${#missing[@]}" -gt 0 ]; then
  echo "Installing ${missing[*]}, which the Python server of this comparison stands on." >&2
  sudo="$([ "$(id -u)" = 0 ] || echo sudo)"
  $sudo apt-get update -qq && $sudo apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi
# The Node server's packages are kept out of the project's own: nothing but this comparison uses them.
node_folder="${XDG_CACHE_HOME:-$HOME/.cache}/rtc/compare-node"
mkdir -p "$node_folder"
if [ ! -d "$node_folder/node_modules/@roamhq/wrtc" ]; then
  (cd "$node_folder" && npm init -y >/dev/null && npm install --ignore-scripts --no-audit --no-fund @roamhq/wrtc@0.10.0 onnxruntime-node@1.30.0 >/dev/null) || echo "The Node server's packages cannot be had: it is left out." >&2
fi
cp "$here/compare/node_server.mjs" "$node_folder/"
exec dotnet "$here/Rtc.Bench/bin/Release/net10.0/rtc-bench.dll" compare --node-folder "$node_folder" "$@"
