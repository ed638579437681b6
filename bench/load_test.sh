#!/usr/bin/env bash
# Raises users (or --raise viewers) until the delay objective breaks: --slo-p95 200 --step 1 --viewers N --output load.json --report load.html
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
# shellcheck source=bench/help.sh
. "$here/help.sh"
bench_help load "$@"
"$here/build.sh"
exec dotnet "$here/Rtc.Bench/bin/Release/net10.0/rtc-bench.dll" load "$@"
