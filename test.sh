#!/usr/bin/env bash
# Installs what the tests lack, builds once, runs all of them once. The last line is "N passed, N failed, N skipped".
set -uo pipefail
root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
cd "$root" || exit 1
# shellcheck source=deploy/setup.sh
. "$root/deploy/setup.sh"
exec </dev/null

# Seconds after which one suite counts as hung.
suite_limit=1200
results=$root/artifacts/test
passed=0
failed=0
skipped=0

# A name of the tools that tests call, the packages that bring it, and how to see that it is there.
need_tool() {
  local what=$1 check=$2
  shift 2
  eval "$check" >/dev/null 2>&1 && return 0
  if ! rtc_can_install; then
    rtc_say "$what is missing and can't be installed: tests that need it will say so"
    return 0
  fi
  rtc_apt_choose "$@" || { rtc_say "$what is missing and no package of this release brings it"; return 0; }
  rtc_say "installing $RTC_PACKAGE for the tests ($what)"
  rtc_apt_install "$RTC_PACKAGE" || rtc_say "$what could not be installed: $RTC_APT_FAULT"
}

# A package that would start a service, which a test machine should not run: its files alone are taken. Several are alternatives.
fetch_package() {
  local what=$1 tools=$root/artifacts/tools
  shift
  rtc_can_install && rtc_apt_choose "$@" || { rtc_say "$what is missing and can't be installed: tests that need it will say so"; return 1; }
  rtc_say "fetching $what for the tests"
  mkdir -p "$tools"
  (cd "$tools" && apt-get download -qq "$RTC_PACKAGE" && dpkg -x "$RTC_PACKAGE"_*.deb . && rm -f "$RTC_PACKAGE"_*.deb) >/dev/null 2>&1 ||
    rtc_say "$what could not be fetched: tests that need it will say so"
}

need_program() {
  local program=$1 package=$2 tools=$root/artifacts/tools
  command -v "$program" >/dev/null 2>&1 || [ -x "/usr/sbin/$program" ] && return 0
  PATH=$PATH:$tools/usr/bin:$tools/usr/sbin
  export PATH
  command -v "$program" >/dev/null 2>&1 || fetch_package "$program" "$package"
}

# The broker of MQTT, and what it loads; the tests start one of their own.
need_mosquitto() {
  need_program mosquitto mosquitto && ldd "$(command -v mosquitto || echo /usr/sbin/mosquitto)" 2>/dev/null | grep -q 'not found' &&
    { rtc_apt_install libcjson1 libdlt2 libwrap0 || rtc_say "what mosquitto needs could not be installed: $RTC_APT_FAULT"; }
  return 0
}

# The server of PostgreSQL, and what it loads; the tests start one of their own.
need_postgres() {
  local tools=$root/artifacts/tools
  ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 && return 0
  RTC_POSTGRES=$tools/usr/lib/postgresql
  export RTC_POSTGRES
  ls "$RTC_POSTGRES"/*/bin/initdb >/dev/null 2>&1 && return 0
  fetch_package PostgreSQL postgresql-17 postgresql-16 postgresql-15 postgresql-14 || return 0
  rtc_apt_install libpq5 libxml2 libxslt1.1 tzdata || rtc_say "what PostgreSQL needs could not be installed: $RTC_APT_FAULT"
}

count() {
  local name=$1 p=$2 f=$3 s=$4 seconds=$5
  passed=$((passed + p))
  failed=$((failed + f))
  skipped=$((skipped + s))
  printf '%-26s %4d passed, %d failed, %d skipped (%d s)\n' "$name" "$p" "$f" "$s" "$seconds"
}

# What a TRX file says: total, executed, passed and failed of its counters. A skipped test is one not executed.
counter() {
  sed -n "s/.*<Counters [^>]*$1=\"\([0-9]*\)\".*/\1/p" "$2" 2>/dev/null | head -n1
}

# The reasons of the skipped tests, each once, with how many gave it.
skip_reasons() {
  grep -o 'outcome="NotExecuted"[^>]*><Output><StdOut>[^<]*' "$1" | sed 's/.*<StdOut>//' | sort | uniq -c | sed 's/^/    skipped:/'
}

# Runs one suite by its own program, which needs no build system to start it; what came of it lies beside its log, for report_dotnet.
run_dotnet() {
  local name=$1 code=0
  local began=$SECONDS
  rm -f "$results/$name.trx"
  timeout -k 10 "$suite_limit" dotnet "tests/$name/bin/Release/net10.0/$name.dll" -noLogo -noColor -result-trx "$results/$name.trx" \
    >"$results/$name.log" 2>&1 || code=$?
  echo "$code $((SECONDS - began))" >"$results/$name.end"
}

report_dotnet() {
  local name=$1 trx=$results/$1.trx log=$results/$1.log total passed_here failed_here code seconds
  read -r code seconds <"$results/$name.end"
  total=$(counter total "$trx")
  if [ -z "$total" ]; then
    tail -n 30 "$log"
    printf '%s ended with %d before it gave a result\n' "$name" "$code"
    count "$name" 0 1 0 "$seconds"
    return
  fi
  passed_here=$(counter passed "$trx")
  failed_here=$(counter failed "$trx")
  if [ "$code" -ne 0 ]; then
    grep -A 14 '\[FAIL\]$' "$log" | head -n 120
    # A crash or a hang after the last counted test fails the suite as well.
    [ "$failed_here" -gt 0 ] || { tail -n 15 "$log"; failed_here=1; }
  fi
  count "$name" "$passed_here" "$failed_here" "$((total - passed_here - failed_here))" "$seconds"
  skip_reasons "$trx"
}

run_pages() {
  local began=$SECONDS p=0 f=0 s=0 log=$results/pages.log
  if [ -f wwwroot/jsconfig.json ]; then
    if npx --no-install tsc -p wwwroot/jsconfig.json --noEmit >"$log" 2>&1; then p=1; else f=1; head -n 40 "$log"; fi
  fi
  local files=(tests/js/*.test.js)
  if [ -e "${files[0]}" ]; then
    timeout -k 10 "$suite_limit" node --test --test-reporter=tap "${files[@]}" >"$log" 2>&1
    local code=$? ok bad
    ok=$(sed -n 's/^# pass \([0-9]*\)$/\1/p' "$log" | tail -n1)
    bad=$(sed -n 's/^# fail \([0-9]*\)$/\1/p' "$log" | tail -n1)
    s=$(sed -n 's/^# skipped \([0-9]*\)$/\1/p' "$log" | tail -n1)
    bad=${bad:-1}
    if [ "$code" -ne 0 ]; then
      grep -E -A 20 '^\s*not ok' "$log" | head -n 80
      [ "$bad" -gt 0 ] || bad=1
    fi
    p=$((p + ${ok:-0}))
    f=$((f + bad))
  fi
  count pages "$p" "$f" "${s:-0}" "$((SECONDS - began))"
}

mkdir -p "$results"
rtc_need_dotnet
rtc_need_libraries
need_tool Chromium 'command -v chromium || command -v chromium-browser || command -v google-chrome' chromium
need_tool aiortc '/usr/bin/python3 -c "import aiortc"' python3-aiortc
need_tool coturn 'command -v turnserver || test -x /usr/bin/turnserver' coturn
need_tool FFmpeg 'command -v ffmpeg' ffmpeg
need_tool Firefox 'command -v firefox-esr || command -v firefox' firefox-esr firefox
need_program promtool prometheus
need_program nginx nginx
need_program caddy caddy
need_mosquitto
need_postgres
need_tool 'YAML in Python' '/usr/bin/python3 -c "import yaml"' python3-yaml
need_tool 'websockets of Python' '/usr/bin/python3 -c "import websockets"' python3-websockets
need_tool 'a C compiler' 'command -v gcc && test -e /usr/include/stdlib.h' build-essential
need_tool "NVIDIA's headers" 'test -e /usr/include/ffnvcodec/nvEncodeAPI.h' libffmpeg-nvenc-dev
need_tool 'GStreamer in Python' '/usr/bin/python3 -c "import gi; gi.require_version(\"Gst\", \"1.0\")"' python3-gst-1.0
need_tool 'GstWebRTC in Python' '/usr/bin/python3 -c "import gi; gi.require_version(\"GstWebRTC\", \"1.0\")"' gir1.2-gst-plugins-bad-1.0
need_tool webrtcbin 'ls /usr/lib/*/gstreamer-1.0/libgstwebrtc.so' gstreamer1.0-plugins-bad
need_tool 'ICE of GStreamer' 'ls /usr/lib/*/gstreamer-1.0/libgstnice.so' gstreamer1.0-nice
need_tool 'VP8 of GStreamer' 'ls /usr/lib/*/gstreamer-1.0/libgstvpx.so' gstreamer1.0-plugins-good
rtc_need_npm "$root" all
if [ -z "${RTC_TEST_DATA:-}" ] && [ -d "$root/../shared/data" ]; then
  RTC_TEST_DATA=$(cd "$root/../shared/data" && pwd)
  export RTC_TEST_DATA
fi
[ -n "${RTC_TEST_DATA:-}" ] || rtc_say "RTC_TEST_DATA is not set: checks on real models and video are left out"

# Programs that end within a minute never earn back what it costs to profile their code: a third of a suite's processor time.
export DOTNET_TieredPGO=0

# One compiler, warm after the first project, where the environment would start one for each; it ends with the tests.
if [ "${UseSharedCompilation:-true}" = false ]; then
  export UseSharedCompilation=true
  trap 'dotnet build-server shutdown --vbcscompiler >/dev/null 2>&1' EXIT
fi

began=$SECONDS
rtc_say "building (Release)"
if ! dotnet build Rtc.sln -c Release -nologo -v q -clp:ErrorsOnly >"$results/build.log" 2>&1; then
  cat "$results/build.log"
  printf 'the build failed\n0 passed, 1 failed\n'
  exit 1
fi
: >"$root/$RTC_BUILD_STAMP"
rtc_say "built in $((SECONDS - began)) s"

run_pages

# Two at a time, since many tests wait. What drives browsers and measures pictures is alone, at the end.
suites=()
for project in tests/*/*.csproj; do
  name=$(basename "$project" .csproj)
  [ "$name" = Rtc.EndToEnd.Tests ] || suites+=("$name")
done
for name in "${suites[@]}"; do
  [ "$(jobs -rp | wc -l)" -lt 2 ] || wait -n
  run_dotnet "$name" &
done
wait
for name in "${suites[@]}"; do report_dotnet "$name"; done
if [ -d tests/Rtc.EndToEnd.Tests ]; then
  run_dotnet Rtc.EndToEnd.Tests
  report_dotnet Rtc.EndToEnd.Tests
fi

printf 'all in %d s\n' "$SECONDS"
printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
