#!/usr/bin/env bash
# The page /focus with a video file in headless Chromium: pictures shown a second, late ones, memory: --model FILE --fps 60
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
# shellcheck source=bench/help.sh
. "$here/help.sh"
bench_help focus "$@"
"$here/build.sh"
exec dotnet "$here/Rtc.Bench/bin/Release/net10.0/rtc-bench.dll" focus "$@"
