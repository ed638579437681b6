#!/usr/bin/env bash
# A large video in one go, in a form and in parts; fails where the server takes more memory than it may: --megabytes 500
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
# shellcheck source=bench/help.sh
. "$here/help.sh"
bench_help upload "$@"
"$here/build.sh"
exec dotnet "$here/Rtc.Bench/bin/Release/net10.0/rtc-bench.dll" upload "$@"
