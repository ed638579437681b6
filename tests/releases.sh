#!/usr/bin/env bash
# Runs the tests of media and of video cards, and `rtc doctor`, on the native libraries of other releases than this
# machine's: each release in a root of its own under artifacts/releases, made by debootstrap and filled by deploy/setup.sh as a user's machine is.
# Needs root, debootstrap and the network.   tests/releases.sh [RELEASE…]   (trixie noble jammy unless named)
set -euo pipefail
here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)
roots=${RTC_RELEASE_ROOTS:-$here/artifacts/releases}
dotnet=$(dirname "$(readlink -f "$(command -v dotnet)")")
[ $# -gt 0 ] || set -- trixie noble jammy
mounted=()

unmount() {
  local at
  for at in "${mounted[@]}"; do umount "$at" || true; done
  mounted=()
}
trap unmount EXIT

mount_into() {
  mkdir -p "$2"
  mount --bind "$1" "$2"
  mounted=("$2" "${mounted[@]}")
}

make_root() {
  local release=$1 root=$2 mirror components=main script=$1 check=()
  case $release in
    bookworm | trixie | forky | sid) mirror=http://deb.debian.org/debian ;;
    *)
      mirror=http://archive.ubuntu.com/ubuntu
      components=main,universe
      script=gutsy
      [ -e /usr/share/keyrings/ubuntu-archive-keyring.gpg ] || check=(--no-check-gpg)
      ;;
  esac
  debootstrap "${check[@]}" --variant=minbase --components="$components" --include=ca-certificates \
    "$release" "$root" "$mirror" "/usr/share/debootstrap/scripts/$script" >"$root.log" 2>&1
}

run_in() {
  chroot "$1" env DOTNET_ROOT=/usr/share/dotnet DOTNET_CLI_HOME=/tmp DOTNET_NOLOGO=1 DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 \
    RTC_TEST_DATA="${RTC_TEST_DATA:+/data}" "${@:2}"
}

for suite in Rtc.Media.Tests Rtc.Nvidia.Tests; do dotnet build "$here/tests/$suite" -c Release -nologo -v q -clp:ErrorsOnly; done
dotnet build "$here/src/Rtc.Server" -c Release -nologo -v q -clp:ErrorsOnly
failed=0
for release in "$@"; do
  root=$roots/$release
  mkdir -p "$roots"
  [ -x "$root/bin/bash" ] || make_root "$release" "$root"
  mount_into "$dotnet" "$root/usr/share/dotnet"
  mount_into "$here" "$root/src"
  mount_into /proc "$root/proc"
  [ -z "${RTC_TEST_DATA:-}" ] || mount_into "$RTC_TEST_DATA" "$root/data"
  run_in "$root" bash -c '. /src/deploy/setup.sh; rtc_need_libraries; command -v ffmpeg >/dev/null || rtc_apt_install ffmpeg || rtc_say "no ffmpeg program"
    command -v gcc >/dev/null || rtc_apt_install gcc libc6-dev libffmpeg-nvenc-dev || rtc_say "no compiler: nothing of a video card"'
  for suite in Rtc.Media.Tests Rtc.Nvidia.Tests; do
    run_in "$root" /usr/share/dotnet/dotnet test "/src/tests/$suite/bin/Release/net10.0/$suite.dll" \
      --logger "console;verbosity=normal" >"$root-$suite.log" 2>&1 || failed=1
    printf '%-10s %-17s %s\n' "$release" "$suite" "$(grep -E '^ +(Passed|Failed): ' "$root-$suite.log" | tr -s ' \n' ' ')"
  done
  run_in "$root" /usr/share/dotnet/dotnet /src/src/Rtc.Server/bin/Release/net10.0/rtc.dll doctor 2>&1 | grep -E 'libvpx|libavcodec|call to itself|missing|^BAD' || true
  unmount
done
exit "$failed"
