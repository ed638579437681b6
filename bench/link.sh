#!/usr/bin/env bash
# Chromium over a bad link and back, each kind in turn, and where pictures get lost: link.sh [--links loss2,jitter30] … (--help)
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
# shellcheck source=bench/help.sh
. "$here/help.sh"
bench_help link "$@"
"$here/build.sh"
exec dotnet "$here/Rtc.Bench/bin/Release/net10.0/rtc-bench.dll" link "$@"
