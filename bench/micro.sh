#!/usr/bin/env bash
# The hot pieces, one operation on one core. Without arguments: processor time of each, which holds on a busy machine
# too. Anything else goes to BenchmarkDotNet: bench/micro.sh --filter '*Focus*'
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
if [ "$#" -eq 0 ]; then
  set -- cpu
fi
exec dotnet run -c Release --project "$root/bench/Rtc.Micro" -- "$@"
