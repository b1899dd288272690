#!/bin/sh
# geranium: rendered by Coldframe. Run once, by the command line, before the system itself.
boot='/boot'
name='geranium'
fqdn='geranium.rack.home.arpa'
user='mayth'
locale='ja_JP.UTF-8'
timezone='Asia/Tokyo'
keyboard='jp'

set_host() {
  echo "$name" > /etc/hostname
  if grep -qs '^127\.0\.1\.1[[:space:]]' /etc/hosts; then
    sed -i "s/^127\.0\.1\.1[[:space:]].*/127.0.1.1\t$fqdn $name/" /etc/hosts
  else
    printf '127.0.1.1\t%s\n' "$fqdn $name" >> /etc/hosts
  fi
  hostname "$name" 2> /dev/null || true
}

# $1: the password's hash; empty locks it. The placeholder account of a Raspberry Pi OS is renamed, as its own
# wizard does.
set_user() {
  first=$(getent passwd 1000 | cut -d: -f1)
  if ! id -u "$user" > /dev/null 2>&1; then
    if [ -n "$first" ] && [ -x /usr/lib/userconf-pi/userconf ]; then
      /usr/lib/userconf-pi/userconf "$user" "${1:-!}"
    elif [ -n "$first" ] && [ -e /etc/rpi-issue ]; then
      usermod -l "$user" -m -d "/home/$user" "$first"
      groupmod -n "$user" "$first"
    else
      groups=$(getent group sudo adm systemd-journal video render plugdev dialout gpio i2c spi | cut -d: -f1 | paste -sd,)
      useradd -m -s /bin/bash ${groups:+-G "$groups"} "$user"
    fi
  fi
  printf '%s:%s\n' "$user" "${1:-!}" | chpasswd -e
  if [ -d /etc/sudoers.d ]; then
    printf '%s ALL=(ALL) NOPASSWD: ALL\n' "$user" > /etc/sudoers.d/010_coldframe
    chmod 0440 /etc/sudoers.d/010_coldframe
  fi
  id -u "$user" > /dev/null
}

set_keys() {
  home=$(getent passwd "$user" | cut -d: -f6)
  [ -n "$home" ] || return 1
  mkdir -p "$home/.ssh"
  touch "$home/.ssh/authorized_keys"
  add_key 'ssh-a A'
  add_key 'b B'
  chmod 0700 "$home/.ssh"
  chmod 0600 "$home/.ssh/authorized_keys"
  chown -R "$user:" "$home/.ssh"
}

add_key() {
  grep -qxF -- "$1" "$home/.ssh/authorized_keys" || printf '%s\n' "$1" >> "$home/.ssh/authorized_keys"
}

set_sshd() {
  systemctl enable ssh
}

set_locale() {
  [ -n "$locale" ] || return 0
  if [ "$locale" != C.UTF-8 ]; then
    command -v locale-gen > /dev/null || return 1
    line="$locale UTF-8"
    if ! grep -qxF "$line" /etc/locale.gen; then
      echo "$line" >> /etc/locale.gen
      locale-gen || return 1
    fi
  fi
  printf 'LANG=%s\n' "$locale" > /etc/default/locale
}

set_timezone() {
  [ -n "$timezone" ] || return 0
  [ -e "/usr/share/zoneinfo/$timezone" ] || return 1
  echo "$timezone" > /etc/timezone
  ln -snf "/usr/share/zoneinfo/$timezone" /etc/localtime
}

set_keyboard() {
  [ -n "$keyboard" ] || return 0
  printf 'XKBMODEL="pc105"\nXKBLAYOUT="%s"\nXKBVARIANT=""\nXKBOPTIONS=""\nBACKSPACE="guess"\n' \
    "$keyboard" > /etc/default/keyboard
}

set_host
if set_user '$6$canary$hash'; then
  rm -f "$boot/userconf.txt"
fi
set_keys
set_sshd
set_locale
set_timezone
set_keyboard

rm -f "$boot/firstrun.sh"
sed -i 's| systemd\.run=[^ ]*||; s| systemd\.run_success_action=[^ ]*||; s| systemd\.unit=[^ ]*||' "$boot/cmdline.txt"
sync
exit 0
