# shellcheck shell=bash
# What Coldframe's scripts on this node have in common.
server='192.168.0.2'

# A greeting on port 22, not only a running unit.
sshd() {
  local line=''
  { exec 3<>/dev/tcp/127.0.0.1/22 && IFS= read -r -t 5 line <&3; } 2> /dev/null
  exec 3<&- 3>&-
  if [[ $line == SSH-* ]]; then echo true; else echo false; fi
}

clock() { # empty while it is not known
  case $(timedatectl show -p NTPSynchronized --value 2> /dev/null) in
    yes) echo synchronised ;;
    no) echo unsynchronised ;;
  esac
}

ntp() { # the time server in use
  timedatectl show-timesync 2> /dev/null |
    awk -F= '$1 == "ServerName" { name = $2 } $1 == "ServerAddress" { address = $2 }
      END { if (address != "") print name (name == address ? "" : " " address) }'
}

address() {
  ip -4 route get "$server" 2> /dev/null | sed -n 's/.* src \([0-9.]*\).*/\1/p'
}

device() { # the network interface towards the server
  ip -4 route get "$server" 2> /dev/null | sed -n 's/.* dev \([^ ]*\).*/\1/p'
}

temperature() {
  awk '{ printf "%.1f", $1 / 1000; exit }' /sys/class/thermal/thermal_zone0/temp 2> /dev/null
}

throttled() {
  { vcgencmd get_throttled || cat /sys/devices/platform/soc/soc:firmware/get_throttled; } \
    2> /dev/null | sed 's/.*=//'
}

disks() { # mmcblk0 29.7G SD32G, sda 465.8G …
  lsblk -dno NAME,SIZE,TYPE,MODEL 2> /dev/null |
    awk '$3 == "disk" { $3 = ""; $0 = $0; $1 = $1; out = out (out == "" ? "" : ", ") $0 } END { print out }'
}

wear() { # as the disks say of themselves: eMMC in steps of 10 %, NVMe in percent
  local file
  for file in /sys/block/mmcblk*/device/life_time; do
    [[ -e $file ]] && echo "$(basename "$(dirname "$(dirname "$file")")") $(cat "$file")"
  done | paste -sd,
  for file in /dev/nvme[0-9]n1; do
    [[ -e $file ]] && nvme smart-log "$file" | sed -n "s|^percentage_used *: *|${file##*/} |p"
  done 2> /dev/null | paste -sd,
}

os() {
  sed -n 's/^PRETTY_NAME="\{0,1\}\([^"]*\).*/\1/p' /etc/os-release
}

json() { # name value …: an object of texts, without those that are empty
  local out=''
  while (($# >= 2)); do
    [[ -z $2 ]] || out+=,$(field "$1" "$2")
    shift 2
  done
  printf '{ %s }' "${out#,}"
}

field() { # "name":"value"
  printf '"%s":"%s"' "$1" "$(printf %s "$2" | tr -d '\000-\037' | sed 's/[\\"]/\\&/g')"
}

by_curl() { # URL, body
  curl -s -o /dev/null -m 20 -w '%{http_code}' -H 'Content-Type: application/json' \
    --data-binary "$2" "$1"
}

by_wget() {
  wget -q -S -O /dev/null -T 20 -t 1 --header='Content-Type: application/json' \
    --post-data="$2" "$1" 2>&1 | awk '$1 ~ /^HTTP/ { code = $2 } END { print code }'
}

by_python3() {
  python3 - "$1" "$2" << 'PYTHON'
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
  rest=${1#http://} host=${rest%%/*} port=80
  [[ $host != *:* ]] || { port=${host##*:} host=${host%:*}; }
  exec 3<> "/dev/tcp/$host/$port" || exit 1
  printf 'POST /%s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n' "${rest#*/}" "$host" >&3
  printf 'Content-Type: application/json\r\nContent-Length: %s\r\n\r\n%s' \
    "$(printf %s "$2" | wc -c)" "$2" >&3
  read -r -t 20 _ code _ <&3 && echo "$code"
)

post() { # URL, body: prints the HTTP status
  local tool code
  for tool in curl wget python3 bash; do
    command -v "$tool" > /dev/null || continue
    code=$("by_$tool" "$1" "$2" 2> /dev/null)
    if [[ $code =~ ^[1-9][0-9][0-9]$ ]]; then
      echo "$code"
      return
    fi
  done
}
