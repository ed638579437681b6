#!/usr/bin/env bash
# Starts Rtc on Debian or Ubuntu: installs what is missing, builds what changed, serves. All options go to
# `rtc serve`; ./start.sh --help lists them.
set -euo pipefail
root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
# shellcheck source=deploy/setup.sh
. "$root/deploy/setup.sh"

# Seconds that a start may wait for a model to come over the network, and minutes before it asks again.
pull_limit=20
pull_again=60

rtc_need_dotnet
rtc_need_libraries
rtc_want_ffmpeg
rtc_want_opencv
rtc_need_npm "$root" run
rtc_want_bundle "$root"
rtc_need_build "$root"
program=$root/src/Rtc.Server/bin/Release/net10.0/rtc.dll

pull_model() {
  local asked=$root/artifacts/model-asked fault
  [ -z "$(find "$root/models" -maxdepth 1 -name '*.onnx' -print -quit 2>/dev/null)" ] || return 0
  [ -z "$(find "$asked" -mmin "-$pull_again" 2>/dev/null)" ] || return 0
  mkdir -p "$root/models" "$root/artifacts"
  touch "$asked"
  rtc_say "fetching the default model"
  if fault=$(timeout "$pull_limit" dotnet "$program" models pull default 2>&1 >/dev/null </dev/null); then
    rm -f "$asked"
  else
    rtc_say "the model can't be fetched now (${fault:-it took too long}); moving objects are found without one, and ./rtc models pull tries again"
  fi
}

# A public server asks for keys. Where none are given it gets some of its own, which ./rtc token then finds.
case " $* " in
  *" --help "* | *" -h "*) ;;
  *" --public "*) rtc_make_keys ;;
esac

case " $* " in
  *" --help "* | *" -h "* | *" --model "*) ;;
  *) pull_model ;;
esac

exec dotnet "$program" serve "$@"
