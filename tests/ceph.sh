#!/usr/bin/env bash
# Runs a command beside a real S3 server, with its address in RTC_S3: Ceph's radosgw on loopback, over a store in memory that is gone
# with the command. Needs root, and the packages radosgw, ceph-mon and ceph-osd, which it installs where they are missing.
#   tests/ceph.sh dotnet tests/Rtc.Server.Tests/bin/Release/net10.0/Rtc.Server.Tests.dll -class '*BucketObjectsTests'
set -euo pipefail
[ $# -gt 0 ] || { sed -n '2,4s/^# \{0,1\}//p' "$0"; exit 2; }
at=$(mktemp -d)
conf=$at/ceph.conf
port=${RTC_S3_PORT:-7480}
monitor=$((port + 1))
key=RTCTESTKEY
secret='rtc/test+secret'
running=()

stop() {
  local at_work
  for at_work in "${running[@]}"; do kill "$at_work" 2>/dev/null || true; done
  wait || true
  rm -rf "$at"
}
trap stop EXIT

for program in radosgw ceph-mon ceph-osd ceph; do
  command -v "$program" >/dev/null && continue
  # Its services would start at once.
  printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
  chmod +x /usr/sbin/policy-rc.d
  DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends radosgw ceph-mon ceph-osd ceph-common >/dev/null
  rm -f /usr/sbin/policy-rc.d
  break
done

start() {
  "$@" </dev/null >>"$at/log" 2>&1 &
  running=("$!" "${running[@]}")
}

until_true() {
  local tries
  for tries in $(seq 240); do
    if "$@" >/dev/null 2>&1; then return 0; fi
    sleep 0.5
  done
  tail -n 30 "$at/log"
  return 1
}

mkdir -p "$at"/{mon,osd,run}
cluster=$(cat /proc/sys/kernel/random/uuid)
store=$(cat /proc/sys/kernel/random/uuid)
cat >"$conf" <<END
[global]
fsid = $cluster
mon_host = [v2:127.0.0.1:$monitor]
mon_initial_members = a
public_addr = 127.0.0.1
auth_cluster_required = none
auth_service_required = none
auth_client_required = none
ms_mon_client_mode = crc
run_dir = $at/run
admin_socket = $at/run/\$name.\$pid.asok
log_file = $at/\$name.log
osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_pool_default_pg_num = 4
osd_pool_default_pg_autoscale_mode = off
osd_crush_chooseleaf_type = 0
mon_allow_pool_size_one = true
mon_max_pg_per_osd = 2000
mon_data_avail_crit = 1
[mon]
mon_data = $at/mon
[osd]
osd_data = $at/osd
osd_objectstore = memstore
memstore_device_bytes = 4G
[client.rgw.a]
rgw_frontends = beast endpoint=127.0.0.1:$port
rgw_data = $at/run
END
ask() { timeout 60 ceph -c "$conf" --connect-timeout 20 "$@"; }
monmaptool --create --addv a "[v2:127.0.0.1:$monitor]" --fsid "$cluster" "$at/monmap" >/dev/null
ceph-mon -c "$conf" -i a --mkfs --monmap "$at/monmap"
start ceph-mon -f -c "$conf" -i a
until_true ask -s
ask osd new "$store" 0 >/dev/null
ceph-osd -c "$conf" -i 0 --mkfs --osd-uuid "$store" >>"$at/log" 2>&1
start ceph-osd -f -c "$conf" -i 0
until_true sh -c "ceph -c '$conf' osd stat | grep -q '1 up'"
start radosgw -f -c "$conf" -n client.rgw.a
until_true curl -sf -o "$at/answer" "http://127.0.0.1:$port/"
radosgw-admin -c "$conf" -n client.rgw.a user create --uid=rtc --display-name=rtc --access-key="$key" --secret="$secret" >/dev/null
curl -sf -X PUT -H 'x-amz-content-sha256: UNSIGNED-PAYLOAD' --aws-sigv4 aws:amz:us-east-1:s3 --user "$key:$secret" \
  "http://127.0.0.1:$port/rtc"
export RTC_S3="http://$key:${secret//\//%2F}@127.0.0.1:$port/rtc"
"$@"
