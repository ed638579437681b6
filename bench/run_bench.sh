#!/usr/bin/env bash
# One run: --duration 30 --users 1 --mode server|client|ws|wasm --view annotated|json|echo --output metrics.json …
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
# shellcheck source=bench/help.sh
. "$here/help.sh"
bench_help run "$@"
"$here/build.sh"
exec dotnet "$here/Rtc.Bench/bin/Release/net10.0/rtc-bench.dll" run "$@"
