#!/usr/bin/env bash
# The same clip, client and model against this server, aiortc, libwebrtc in Node and Janus, in turn, several rounds:
#   bench/compare.sh [--rounds 3] [--duration 10] [--model yolox_nano.onnx] [--jobs echo,echo-hd,annotated,json] [--output compare.json]
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
# shellcheck source=bench/help.sh
. "$here/help.sh"
bench_help compare "$@"
"$here/build.sh"
missing=()
for package in python3-aiortc python3-aiohttp python3-opencv janus; do
  dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package")
done
if [ "${#missing[@]}" -gt 0 ]; then
  echo "Installing ${missing[*]}, which the servers of this comparison stand on." >&2
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
# Janus with its HTTP API on a port of its own, on loopback, and nothing else open.
janus_folder="$(mktemp -d)"
trap 'rm -rf "$janus_folder"' EXIT
cat >"$janus_folder/janus.jcfg" <<'JANUS'
general: { debug_level = 1; server_name = "bench"; }
plugins: { disable = "libjanus_audiobridge.so,libjanus_duktape.so,libjanus_lua.so,libjanus_nosip.so,libjanus_recordplay.so,libjanus_sip.so,libjanus_streaming.so,libjanus_textroom.so,libjanus_videocall.so,libjanus_videoroom.so,libjanus_voicemail.so"; }
transports: { disable = "libjanus_mqtt.so,libjanus_nanomsg.so,libjanus_pfunix.so,libjanus_rabbitmq.so,libjanus_websockets.so"; }
JANUS
cat >"$janus_folder/janus.transport.http.jcfg" <<'JANUS'
general: { http = true; port = 19082; ip = "127.0.0.1"; https = false; json = "plain"; }
admin: { admin_http = false; admin_https = false; }
JANUS
dotnet "$here/Rtc.Bench/bin/Release/net10.0/rtc-bench.dll" compare --node-folder "$node_folder" --janus-folder "$janus_folder" "$@"
