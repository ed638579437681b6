#!/usr/bin/env bash
# What this project set itself to reach, beside what it reaches here, in under three minutes:
#   bench/micro.sh [--model yolox_nano.onnx] [--clip FILE] [--compare compare.json] [--soak soak.json]
# cpu: codecs, blur and letterbox in processor time. peer, pipeline …, inference …: see bench/Rtc.Micro/Program.cs.
# Anything else goes to BenchmarkDotNet: bench/micro.sh --filter '*Focus*'
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
# shellcheck source=bench/help.sh
. "$here/help.sh"
bench_help micro "$@"
if [ "$#" -gt 0 ] && [[ ! "$1" =~ ^--(model|clip|compare|soak)$ ]]; then
  exec dotnet run -c Release --project "$here/Rtc.Micro" -- "$@"
fi
"$here/build.sh"
log="$(dotnet build -c Release -v q --nologo "$here/Rtc.Micro" 2>&1)" || { printf '%s\n' "$log" >&2; exit 1; }
runs="$(mktemp -d)"
trap 'rm -rf "$runs"' EXIT
bench() { dotnet "$here/Rtc.Bench/bin/Release/net10.0/rtc-bench.dll" "$@" >/dev/null 2>&1 || true; }
bench start --output "$runs/start.json"
bench run --view echo --duration 10 --loss 0.02 --rtt 50 --output "$runs/loss2.json"
bench run --view echo --duration 8 --loss 0.1 --rtt 50 --output "$runs/loss10.json"
bench run --view echo --duration 3 --viewers 1 --output "$runs/viewer.json"
dotnet "$here/Rtc.Micro/bin/Release/net10.0/Rtc.Micro.dll" table --runs "$runs" "$@"
