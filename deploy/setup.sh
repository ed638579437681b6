# Sourced by start.sh, test.sh and rtc: makes ready what the program and its tests stand on.
# Every function says in one line what it does and why, and does nothing where nothing is missing.

rtc_fail() {
  printf 'rtc: %s\n' "$*" >&2
  exit 1
}

rtc_say() {
  printf '  %s\n' "$*"
}

# Native libraries: what for, the files of which one will do, and the packages on Debian and Ubuntu, newest first.
RTC_LIBRARIES='
DTLS|libssl.so.3|libssl3t64 libssl3
VP8|libvpx.so.7 libvpx.so.8 libvpx.so.9 libvpx.so.11 libvpx.so.12|libvpx12 libvpx11 libvpx9 libvpx8 libvpx7
H.264|libavcodec.so.59 libavcodec.so.60 libavcodec.so.61|libavcodec61 libavcodec60 libavcodec59
pixels|libyuv.so.0|libyuv0
JPEG|libturbojpeg.so.0|libturbojpeg0 libturbojpeg
'

# What the program can do without: Ubuntu 22.04, for one, has only an FFmpeg that is too old.
RTC_OPTIONAL=H.264

rtc_has_library() {
  local known
  known=$(PATH="$PATH:/sbin:/usr/sbin" ldconfig -p 2>/dev/null) || return 0
  printf '%s\n' "$known" | awk -v want=" $1 " 'index(want, " " $1 " ") { found = 1 } END { exit !found }'
}

# A name that other packages merely mention is known too, but has no candidate.
rtc_apt_knows() {
  case $(LC_ALL=C apt-cache policy "$1" 2>/dev/null) in
    '' | *'Candidate: (none)'*) return 1 ;;
    *) return 0 ;;
  esac
}

RTC_APT_UPDATED=
rtc_apt_update() {
  [ -z "$RTC_APT_UPDATED" ] || return 0
  RTC_APT_UPDATED=yes
  rtc_as_root apt-get update -qq </dev/null >/dev/null 2>&1
}

rtc_as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  else
    sudo "$@"
  fi
}

# Puts into RTC_PACKAGE the first package of the list that this release has; asks the mirrors once where none is known.
rtc_apt_choose() {
  local round package
  for round in known fresh; do
    [ "$round" = known ] || rtc_apt_update || return 1
    for package in "$@"; do
      if rtc_apt_knows "$package"; then
        RTC_PACKAGE=$package
        return 0
      fi
    done
  done
  return 1
}

rtc_apt_install() {
  local log
  log=$(mktemp)
  if DEBIAN_FRONTEND=noninteractive rtc_as_root apt-get install -y -qq --no-install-recommends "$@" </dev/null >"$log" 2>&1; then
    rm -f "$log"
    return 0
  fi

  # Lists that are older than the mirror name files that are gone: once more with fresh ones.
  if [ -z "$RTC_APT_UPDATED" ] && rtc_apt_update &&
    DEBIAN_FRONTEND=noninteractive rtc_as_root apt-get install -y -qq --no-install-recommends "$@" </dev/null >"$log" 2>&1; then
    rm -f "$log"
    return 0
  fi

  RTC_APT_FAULT=$(grep -m1 '^E:' "$log" || tail -n1 "$log")
  rm -f "$log"
  return 1
}

rtc_can_install() {
  command -v apt-get >/dev/null 2>&1 && { [ "$(id -u)" -eq 0 ] || command -v sudo >/dev/null 2>&1; }
}

rtc_need_libraries() {
  [ "$(uname -s)" = Linux ] || return 0
  local purpose file packages missing='' wanted=''
  while IFS='|' read -r purpose file packages; do
    [ -n "$purpose" ] || continue
    rtc_has_library "$file" || missing="$missing$purpose|$file|$packages"$'\n'
  done <<<"$RTC_LIBRARIES"
  [ -n "$missing" ] || return 0

  if ! rtc_can_install; then
    rtc_fail "these libraries are missing, and there is no apt-get with the right to use it: $(printf '%s' "$missing" | awk -F'|' '{ split($2, files, " "); printf "%s%s (%s)", sep, files[1], $1; sep = ", " }')"
  fi
  while IFS='|' read -r purpose file packages; do
    [ -n "$purpose" ] || continue
    # shellcheck disable=SC2086  # a list of names
    if rtc_apt_choose $packages; then
      wanted="$wanted $RTC_PACKAGE"
      rtc_say "installing $RTC_PACKAGE for $purpose"
    elif [ "$purpose" = "$RTC_OPTIONAL" ]; then
      rtc_say "no $purpose here: no package of this release will do (looked for: $packages)"
    else
      rtc_fail "no package of this release is there for $purpose (looked for: $packages); is the network there?"
    fi
  done <<<"$missing"
  [ -n "$wanted" ] || return 0
  # shellcheck disable=SC2086
  rtc_apt_install $wanted || rtc_fail "apt-get could not install$wanted: $RTC_APT_FAULT"
}

# The programs that read and write video files. Without them everything live works: their lack ends no start.
rtc_want_ffmpeg() {
  if [ "$(uname -s)" != Linux ] || { command -v ffmpeg >/dev/null 2>&1 && command -v ffprobe >/dev/null 2>&1; }; then
    return 0
  fi
  if rtc_can_install && rtc_apt_choose ffmpeg; then
    rtc_say "installing ffmpeg for video files"
    rtc_apt_install ffmpeg || rtc_say "no video files for now: ffmpeg could not be installed: $RTC_APT_FAULT"
  else
    rtc_say "no video files for now: ffmpeg is not there and can't be installed"
  fi
}

# What OpenCV's library is linked to, for taking objects out of clips. Without it all else works.
rtc_want_opencv() {
  [ "$(uname -s) $(uname -m)" = "Linux x86_64" ] || return 0
  rtc_has_library libgtk-3.so.0 && return 0
  if rtc_can_install && rtc_apt_choose libgtk-3-0t64 libgtk-3-0; then
    rtc_say "installing $RTC_PACKAGE for removal of objects from clips"
    rtc_apt_install "$RTC_PACKAGE" || rtc_say "no removal of objects for now: $RTC_PACKAGE could not be installed: $RTC_APT_FAULT"
  else
    rtc_say "no removal of objects for now: libgtk-3-0 is not there and can't be installed"
  fi
}

# The SDK: on the path, or where Microsoft's install script puts it.
rtc_need_dotnet() {
  if ! command -v dotnet >/dev/null 2>&1 && [ -x "$HOME/.dotnet/dotnet" ]; then
    PATH="$HOME/.dotnet:$PATH"
    export PATH
  fi
  command -v dotnet >/dev/null 2>&1 || rtc_fail ".NET 10's SDK is missing: https://dotnet.microsoft.com/download/dotnet/10.0"
  dotnet --list-sdks 2>/dev/null | grep -q '^1[0-9]\.' || rtc_fail ".NET 10's SDK is missing, only an older one is here: https://dotnet.microsoft.com/download/dotnet/10.0"
  export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1 MSBUILDDISABLENODEREUSE=1
}

# The pages' and ONNX Runtime's packages, exactly as package-lock.json pins them. Install scripts are not run:
# one of them would download CUDA libraries.
# "all" brings the tests' packages too, "run" only what the program needs. Where packages of before can serve, they stay
# when the new ones can't be had: the pages say what is missing.
rtc_need_npm() {
  local root=$1 extent=$2 stamp omit='' log action='ci'
  # A linked folder is somebody's own arrangement.
  [ ! -L "$root/node_modules" ] || return 0
  for stamp in "$root/node_modules/.rtc-all" "$root/node_modules/.rtc-$extent"; do
    if [ -f "$stamp" ] && cmp -s "$stamp" "$root/package-lock.json"; then
      return 0
    fi
  done

  command -v npm >/dev/null 2>&1 || rtc_fail "Node's npm is missing (apt install nodejs npm, or https://nodejs.org)"
  rtc_say "fetching the npm packages"
  log=$(mktemp)
  [ "$extent" = all ] || omit=--omit=dev
  if [ -f "$root/node_modules/@microsoft/signalr/package.json" ] && [ -f "$root/node_modules/onnxruntime-node/package.json" ]; then
    action='install --no-save --fetch-retries=0'
  fi
  # shellcheck disable=SC2086  # words of their own
  if ! npm $action --prefix "$root" --ignore-scripts --no-audit --no-fund $omit </dev/null >"$log" 2>&1; then
    local fault
    fault=$(grep -m1 -E '(ERR!|error) .*' "$log" || tail -n1 "$log")
    rm -f "$log"
    if [ "$action" != ci ]; then
      rtc_say "npm could not fetch the packages that are new; those of before serve ($fault)"
      return 0
    fi
    rtc_fail "npm could not fetch the packages: $fault"
  fi
  rm -f "$log"
  cp "$root/package-lock.json" "$stamp"
}

# The pages in few files. Without esbuild, which npm may have been unable to fetch, the server serves their modules.
rtc_want_bundle() {
  local fault
  fault=$(node "$1/deploy/bundle.mjs" 2>&1 </dev/null) || fault="  the pages are served as single modules: $(printf '%s' "$fault" | tail -n1)"
  [ -z "$fault" ] || printf '%s\n' "$fault"
}

# An NVIDIA card brings ONNX Runtime's CUDA and TensorRT into the build, a quarter of a gigabyte to fetch. RTC_GPU=no
# keeps them out, RTC_GPU=yes brings them in where no card is to be seen.
rtc_wants_gpu() {
  case ${RTC_GPU:-auto} in
    yes) return 0 ;;
    no) return 1 ;;
  esac
  [ "$(uname -s) $(uname -m)" = "Linux x86_64" ] && { [ -e /dev/nvidiactl ] || [ -e /usr/lib/wsl/lib/libcuda.so.1 ]; }
}

# Holds "gpu" where the last build was one for a card, else nothing.
RTC_BUILD_STAMP=src/Rtc.Server/bin/Release/net10.0/.built

# Newer than the last build: a source, or a folder whose files changed; or the card came or went.
rtc_is_built() {
  local root=$1 kind=''
  [ -f "$root/$RTC_BUILD_STAMP" ] && [ -f "$root/src/Rtc.Server/bin/Release/net10.0/rtc.dll" ] || return 1
  ! rtc_wants_gpu || kind=gpu
  [ "$(cat "$root/$RTC_BUILD_STAMP")" = "$kind" ] || return 1
  [ -z "$(find "$root/src" "$root/Directory.Build.props" "$root/Directory.Packages.props" "$root/NuGet.config" \
    \( -name bin -o -name obj \) -prune -o -newer "$root/$RTC_BUILD_STAMP" -print -quit)" ]
}

rtc_need_build() {
  local root=$1 log kind='' gpu=''
  rtc_is_built "$root" && return 0
  if rtc_wants_gpu; then
    kind=gpu
    gpu=-p:RtcGpu=true
    rtc_say "building (Release), with CUDA and TensorRT for the NVIDIA card (RTC_GPU=no leaves them out)"
  else
    rtc_say "building (Release)"
  fi
  log=$(mktemp)
  # shellcheck disable=SC2086  # nothing, or one word
  if ! dotnet build "$root/src/Rtc.Server/Rtc.Server.csproj" -c Release -nologo -v q -clp:ErrorsOnly $gpu </dev/null >"$log" 2>&1; then
    if grep -q 'NU1301' "$log"; then
      rm -f "$log"
      rtc_fail "NuGet's packages can't be fetched: is the network there?"
    fi
    cat "$log" >&2
    rm -f "$log"
    rtc_fail "the build failed"
  fi
  rm -f "$log"
  printf '%s' "$kind" >"$root/$RTC_BUILD_STAMP"
}

# Where the server keeps its own certificate, and ./start.sh --public its keys.
rtc_state_folder() {
  printf '%s/rtc' "${XDG_STATE_HOME:-$HOME/.local/state}"
}

# Names the files of the keys to the program, where they are there and nothing else was given.
rtc_use_keys() {
  local folder
  folder=$(rtc_state_folder)
  if [ -z "${RTC__AUTH__TOKENKEY-}${RTC__AUTH__TOKENKEYFILE-}" ] && [ -s "$folder/token-key" ]; then
    export RTC__AUTH__TOKENKEYFILE=$folder/token-key
  fi
  if [ -z "${RTC__AUTH__APIKEY-}${RTC__AUTH__APIKEYFILE-}" ] && [ -s "$folder/api-key" ]; then
    export RTC__AUTH__APIKEYFILE=$folder/api-key
  fi
}

# Makes the keys that a public server needs and that nobody gave, readable by their owner alone.
rtc_make_keys() {
  local folder name
  folder=$(rtc_state_folder)
  mkdir -p "$folder"
  for name in token-key api-key; do
    case $name in
      token-key) [ -z "${RTC__AUTH__TOKENKEY-}${RTC__AUTH__TOKENKEYFILE-}" ] || continue ;;
      api-key) [ -z "${RTC__AUTH__APIKEY-}${RTC__AUTH__APIKEYFILE-}" ] || continue ;;
    esac
    [ -s "$folder/$name" ] && continue
    (umask 077 && head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n' >"$folder/$name.new" && mv "$folder/$name.new" "$folder/$name")
    rtc_say "made $folder/$name"
  done
  rtc_use_keys
}
