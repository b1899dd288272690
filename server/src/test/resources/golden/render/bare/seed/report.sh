#!/bin/bash
# Tells Coldframe how this node stands, until it is heard;
# then removes itself and what is secret.
set -u
url='http://192.168.0.2/-/report/canary-token'
server='192.168.0.2'

sshd() { # a greeting on port 22, not only a running unit
  echo off
  return
  local line=
  { exec 3<>/dev/tcp/127.0.0.1/22 && IFS= read -r -t 5 line <&3; } 2>/dev/null
  if [[ $line == SSH-* ]]; then echo true; else echo false; fi
}

clock() { # empty while it is not known
  case $(timedatectl show -p NTPSynchronized --value 2>/dev/null) in
    yes) echo synchronised ;;
    no) echo unsynchronised ;;
  esac
}

address() {
  ip -4 route get "$server" 2>/dev/null | sed -n 's/.* src \([0-9.]*\).*/\1/p'
}

temperature() {
  awk '{ printf "%.1f", $1 / 1000; exit }' /sys/class/thermal/thermal_zone0/temp 2>/dev/null
}

throttled() {
  { vcgencmd get_throttled || cat /sys/devices/platform/soc/soc:firmware/get_throttled; } \
    2>/dev/null | sed 's/.*=//'
}

os() {
  sed -n 's/^PRETTY_NAME="\{0,1\}\([^"]*\).*/\1/p' /etc/os-release
}

field() { # "name":"value"
  printf '"%s":"%s"' "$1" "$(printf %s "$2" | tr -d '\000-\037' | sed 's/[\\"]/\\&/g')"
}

report() {
  printf '{ %s,%s,%s,%s,' "$(field stage ready)" "$outcome" "$(field config "$config")" \
    "$(field sshd "$(sshd)")"
  printf '%s,%s,%s,%s,' "$(field clock "$(clock)")" "$(field address "$(address)")" \
    "$(field temperature "$(temperature)")" "$(field throttled "$(throttled)")"
  printf '%s,%s}' "$(field kernel "$(uname -r)")" "$(field os "$(os)")"
}

by_curl() {
  curl -s -o /dev/null -m 20 -w '%{http_code}' -H 'Content-Type: application/json' \
    --data-binary "$1" "$url"
}

by_wget() {
  wget -q -S -O /dev/null -T 20 -t 1 --header='Content-Type: application/json' \
    --post-data="$1" "$url" 2>&1 | awk '$1 ~ /^HTTP/ { code = $2 } END { print code }'
}

by_python3() {
  python3 - "$url" "$1" <<'PYTHON'
import sys, urllib.error, urllib.request
request = urllib.request.Request(
    sys.argv[1], sys.argv[2].encode(), {"Content-Type": "application/json"})
try:
    print(urllib.request.urlopen(request, timeout=20).status)
except urllib.error.HTTPError as e:
    print(e.code)
PYTHON
}

by_bash() (
  rest=${url#http://} host=${rest%%/*} port=80
  [[ $host != *:* ]] || { port=${host##*:} host=${host%:*}; }
  exec 3<>"/dev/tcp/$host/$port" || exit 1
  printf 'POST /%s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n' "${rest#*/}" "$host" >&3
  printf 'Content-Type: application/json\r\nContent-Length: %s\r\n\r\n%s' \
    "$(printf %s "$1" | wc -c)" "$1" >&3
  read -r -t 20 _ code _ <&3 && echo "$code"
)

post() { # prints the HTTP status
  local tool code
  for tool in curl wget python3 bash; do
    command -v "$tool" > /dev/null || continue
    code=$("by_$tool" "$1" 2>/dev/null)
    if [[ $code =~ ^[1-9][0-9][0-9]$ ]]; then
      echo "$code"
      return
    fi
  done
}

clean() {
  local seed
  for seed in /boot/firmware/user-data /boot/user-data; do
    if grep -qsF -- "$url" "$seed"; then
      printf '#cloud-config\n' > "$seed"
    fi
  done
  systemctl disable coldframe-report.service
  rm -f /etc/systemd/system/coldframe-report.service /usr/local/sbin/coldframe-report
  sync
}

config=failed
outcome="$(field result failed),$(field reason 'cloud-init reports an error')"
if timeout 900 cloud-init status --wait 2>/dev/null | grep -q 'status: done'; then
  config=applied
  outcome=$(field result done)
fi
for _ in {1..12}; do # a minute for the first time server to answer
  [[ $(clock) != synchronised ]] || break
  sleep 5
done
for _ in {1..60}; do
  code=$(post "$(report)")
  case $code in
    2*) clean; exit 0 ;;
    403) clean; exit 0 ;; # the token is dead, nobody listens any more
  esac
  sleep 10
done
exit 1
