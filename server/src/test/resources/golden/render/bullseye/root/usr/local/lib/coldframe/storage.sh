# shellcheck shell=bash
# Data disks: one partition from 0 % to 100 % under a GPT. Nothing is written to a disk that holds anything.

# What lies on a disk, in a word or two; nothing when it is blank.
holds() {
  local found size
  found=$(wipefs --no-act --noheadings --output TYPE "$1" 2> /dev/null | sort -u | paste -sd' ')
  if [[ -n $found ]]; then
    echo "$found"
    return
  fi
  size=$(blockdev --getsize64 "$1" 2> /dev/null || stat -c %s "$1")
  if ! empty "$1" 0 || ! empty "$1" $((size / 512 - 2048)); then
    echo "unknown data"
  fi
}

empty() { # disk, sector: whether the MiB from there on is as erased, zeros or ones
  [[ $(dd if="$1" bs=512 skip="$2" count=2048 2> /dev/null | tr -d '\000\377' | head -c 1 | wc -c) == 0 ]]
}

partition() { # disk, label
  printf 'label: gpt\nname="%s"\n' "$2" | sfdisk --quiet --wipe always "$1" || return 1
  # Tells the kernel, should the disk have been looked at meanwhile and not been read anew.
  partx --update "$1" 2> /dev/null || true
}

format() { # partition, label
  mkfs.ext4 -q -F -L "$2" "$1"
}

# The partitions of a disk, a line each: device, partition's name, file system, its label; "-" for what is not.
partitions() {
  local device
  udevadm settle --timeout=10 2> /dev/null
  lsblk -rnpo NAME,TYPE "$1" | awk '$2 == "part" { print $1 }' | while read -r device; do
    printf '%s %s %s %s\n' "$device" "$(tag "$device" PART_ENTRY_NAME)" "$(tag "$device" TYPE)" \
      "$(tag "$device" LABEL)"
  done
}

tag() { # device, what blkid calls it
  local value
  value=$(blkid -p -s "$2" -o value "$1" 2> /dev/null)
  echo "${value:--}"
}

# Device, label, mount point, when-blank or never. Says how it went in one line.
data_disk() {
  local disk part found
  for _ in {1..20}; do
    [[ ! -b $1 ]] || break
    sleep 1
  done
  disk=$(readlink -f "$1")
  if [[ ! -b $disk ]]; then
    echo "$2: there is no $1"
    return 1
  fi
  if lsblk -rno MOUNTPOINT "$disk" | grep -qE '^/(boot.*)?$'; then
    echo "$2: the system itself is on $1"
    return 1
  fi
  part=$(partitions "$disk" | awk -v label="$2" '$3 == "ext4" && $4 == label { print $1; exit }')
  if [[ -z $part && $4 != never ]]; then
    # Broken off between partitioning and formatting: a partition of our name that holds nothing.
    part=$(partitions "$disk" | awk -v label="$2" '$2 == label && $3 == "-" { print $1; exit }')
    if [[ -z $part || -n $(holds "$part") ]]; then
      found=$(holds "$disk")
      if [[ -n $found ]]; then
        echo "$2: left alone, $1 holds $found"
        return 1
      fi
      partition "$disk" "$2" || { echo "$2: $1 cannot be partitioned"; return 1; }
      part=$(partitions "$disk" | awk '{ print $1; exit }')
    fi
    if [[ -z $part ]] || ! format "$part" "$2"; then
      echo "$2: $1 cannot be formatted"
      return 1
    fi
  fi
  if [[ -z $part ]]; then
    echo "$2: $1 has no ext4 of this label"
    return 1
  fi
  if mounted "$2" "$3"; then
    echo "$2: on $3"
  else
    echo "$2: cannot be mounted on $3"
    return 1
  fi
}

mounted() { # label, mount point
  mkdir -p "$2"
  if ! grep -q "^LABEL=$1 $2 " /etc/fstab; then
    echo "LABEL=$1 $2 ext4 defaults,noatime,nofail,x-systemd.device-timeout=10s 0 2" >> /etc/fstab
    systemctl daemon-reload
  fi
  mountpoint -q "$2" || mount "$2"
}
