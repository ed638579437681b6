#!/usr/bin/env bash
# What a graphics card is worth to the server, as a table for docs/BENCHMARKS.md: bench/gpu.sh --model yolox_nano.onnx --output gpu.md
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
# shellcheck source=bench/help.sh
. "$here/help.sh"
bench_help gpu "$@"

check=no model='' half='' objective=100 most=64 step=2 duration=10 output=''
while [ "$#" -gt 0 ]; do
  case $1 in
    --check) check=yes; shift; continue ;;
    --model | --half-model | --slo-p95 | --max-users | --step | --duration | --output) ;;
    *) printf 'gpu.sh has no %s; see --help\n' "$1" >&2; exit 2 ;;
  esac
  [ "$#" -gt 1 ] || { printf '%s needs a value\n' "$1" >&2; exit 2; }
  case $1 in
    --model) model=$2 ;;
    --half-model) half=$2 ;;
    --slo-p95) objective=$2 ;;
    --max-users) most=$2 ;;
    --step) step=$2 ;;
    --duration) duration=$2 ;;
    --output) output=$2 ;;
  esac
  shift 2
done
for number in "$objective" "$most" "$step" "$duration"; do
  [[ $number =~ ^[1-9][0-9]{0,4}$ ]] || { printf '%s is no whole number from 1 to 99999\n' "$number" >&2; exit 2; }
done

# A driver that is there without its card answers with an error.
card="$(nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv,noheader 2>/dev/null | head -n 1)" || card=''
if [ -n "$card" ]; then
  kind=nvidia
elif compgen -G "${RTC_RENDER_NODES:-/dev/dri/renderD*}" >/dev/null; then
  kind=other card="a card that is none of NVIDIA's"
else
  kind=none
fi

case $kind in
  nvidia) plan="models by CUDA and TensorRT, H.264 by NVENC and NVDEC, and the streams that hold $objective ms" ;;
  other) plan="models by WebGPU, and the streams that hold $objective ms" ;;
  none)
    echo 'No graphics card here: there is nothing to measure.'
    [ "$check" = yes ] && exit 0
    exit 1
    ;;
esac
if [ "$check" = yes ]; then
  printf 'Card: %s\nMeasured would be: %s.\n' "$card" "$plan"
  if [ "$kind" = nvidia ] && [ -z "$half" ]; then echo 'Half precision needs --half-model.'; fi
  exit 0
fi

# NVIDIA's build of ONNX Runtime is a choice of the build's.
[ "$kind" != nvidia ] || export RTC_GPU=yes
"$here/build.sh"
runs="$(mktemp -d)"
trap 'rm -rf "$runs"' EXIT
bench() { dotnet "$here/Rtc.Bench/bin/Release/net10.0/rtc-bench.dll" "$@"; }
# PROVIDER NAME MODEL: one stream by itself, then as many as hold. What can't run leaves no file, and its row says so.
measure() {
  local chosen=()
  [ -z "$3" ] || chosen=(--model "$3")
  echo "$2" >&2
  export RTC__MODEL__PROVIDER=$1
  bench run "${chosen[@]}" --view annotated --duration "$duration" --output "$runs/$2.json" >/dev/null 2>"$runs/$2.txt" || true
  bench load "${chosen[@]}" --view annotated --slo-p95 "$objective" --max-users "$most" --step "$step" --duration "$duration" \
    --output "$runs/$2-load.json" >/dev/null 2>>"$runs/$2.txt" || true
}

if [ "$kind" = nvidia ]; then
  measure cuda cuda "$model"
  measure tensorrt tensorrt "$model"
  [ -z "$half" ] || measure tensorrt half "$half"
  log="$(dotnet build -c Release -v q --nologo "$here/Rtc.Micro" 2>&1)" || { printf '%s\n' "$log" >&2; exit 1; }
  dotnet "$here/Rtc.Micro/bin/Release/net10.0/Rtc.Micro.dll" card >"$runs/card.txt" 2>/dev/null || true
else
  measure webgpu webgpu "$model"
fi

table="$(python3 - "$runs" "$kind" "$card" "$objective" <<'PYTHON'
import json
import pathlib
import sys

runs, kind, card, objective = pathlib.Path(sys.argv[1]), *sys.argv[2:]


def read(name):
    try:
        return json.loads((runs / f"{name}.json").read_text())
    except (OSError, ValueError):
        return None


def row(title, provider, name):
    one, load = read(name), read(f"{name}-load")
    if one is None or one["benchmark_info"]["provider"] != provider:
        return f"| {title} | did not run | | |"
    latency, rate = one["latency_metrics"], one["performance_metrics"]["processed_fps"]
    streams = "" if load is None else load.get("streams_at_slo", "")
    return f"| {title} | {latency['p95_latency']:.1f} ms | {rate:.1f} | {streams} |"


lines = [f"{card}.", "", f"| what | p95 of one stream | pictures/s | streams at p95 {objective} ms |", "|---|---|---|---|"]
if kind == "nvidia":
    lines += [row("CUDA", "cuda", "cuda"), row("TensorRT", "tensorrt", "tensorrt")]
    if (runs / "half.txt").exists():
        lines.append(row("TensorRT, a model in half precision", "tensorrt", "half"))
    shown = (runs / "card.txt").read_text().rstrip()
    lines += ["", "H.264 by NVENC and NVDEC beside the processor:", "", "```text", shown, "```"]
else:
    lines.append(row("WebGPU", "webgpu", "webgpu"))
print("\n".join(lines))
PYTHON
)"
printf '%s\n' "$table"
[ -z "$output" ] || printf '%s\n' "$table" >"$output"
grep -qE '^\| .* ms \|' <<<"$table"
