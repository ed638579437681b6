#!/usr/bin/env bash
# Builds the server and the bench once, Release; called by every script here. Prints nothing unless it fails.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
# shellcheck source=bench/help.sh
. "$root/bench/help.sh"
bench_help build "$@"
for project in src/Rtc.Server bench/Rtc.Bench; do
  log="$(dotnet build -c Release -v q --nologo "$root/$project" 2>&1)" || { printf '%s\n' "$log" >&2; exit 1; }
done
