#!/usr/bin/env bash
# A gate for pipelines: validate.sh metrics.json [--median 100 --p95 150 --p99 200 --rate 10]
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
# shellcheck source=bench/help.sh
. "$here/help.sh"
bench_help validate "$@"
"$here/build.sh"
exec dotnet "$here/Rtc.Bench/bin/Release/net10.0/rtc-bench.dll" validate "$@"
