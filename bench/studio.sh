#!/usr/bin/env bash
# The studio without weights on ten seconds of 480 lines, all of it on one core: [--clip FILE --at X,Y,FRAME]
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
# shellcheck source=bench/help.sh
. "$here/help.sh"
bench_help studio "$@"
clip=""
at="31,56,0"
while [ "$#" -gt 0 ]; do
  case $1 in
    --clip) clip=$2 ;;
    --at) at=$2 ;;
    *) printf 'studio.sh: unknown option %s\n' "$1" >&2; exit 2 ;;
  esac
  shift 2
done
log="$(dotnet build -c Release -v q --nologo "$here/Rtc.Micro" 2>&1)" || { printf '%s\n' "$log" >&2; exit 1; }
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
if [ -z "$clip" ]; then
  # A textured thing that wanders over a textured background, seen by a camera that pans; with sound.
  clip="$work/clip.mp4"
  make() { ffmpeg -v error -nostdin -y "$@"; }
  make -f lavfi -i mandelbrot=s=1400x640:start_scale=0.004 -frames:v 1 "$work/background.png"
  make -f lavfi -i testsrc2=s=130x150 -frames:v 1 -vf hue=h=140 "$work/thing.png"
  make -loop 1 -framerate 30 -i "$work/background.png" -loop 1 -framerate 30 -i "$work/thing.png" \
    -f lavfi -i "sine=220:d=10" -filter_complex \
    "[0]crop=854:480:x='n*1.5':y='n*0.4'[seen];[seen][1]overlay=x='200+n*1.2':y='190+20*sin(n/20)'" \
    -t 10 -r 30 -pix_fmt yuv420p -c:v libx264 -crf 16 -c:a aac "$clip"
fi
IFS=, read -r x y frame <<<"$at"
taskset -c 0 dotnet "$here/Rtc.Micro/bin/Release/net10.0/Rtc.Micro.dll" studio "$clip" "$x" "$y" "$frame"
