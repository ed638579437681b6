#!/usr/bin/env bash
# Attacks a server of this checkout on loopback, in a cgroup with 1 GiB of memory: tests/hostile/run.sh [ATTACK…]
# Build first (./test.sh or dotnet build src/Rtc.Server -c Release). RTC_PROGRAM names another rtc.dll.
set -euo pipefail
here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
command -v python3 >/dev/null || { printf 'skipped: python3 is missing\n'; exit 0; }
PYTHONDONTWRITEBYTECODE=1 exec python3 "$here/run.py" "$@"
