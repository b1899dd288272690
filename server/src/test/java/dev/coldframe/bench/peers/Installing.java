package dev.coldframe.bench.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A system image onto a disk, on the load's machine: a loop device in the bench's folder.
///
/// Ours runs as on a board: a loader's lease, a boot file, then the installer that comes behind
/// `initramfs8`, unchanged, in a root of its own with the same busybox. It shows its disk, is let
/// write, and does all that the plan says: chunks with their hashes, the new root's own files, all
/// of it read back, the boot record. Theirs is `wget` of the whole image into `dd`, with the same
/// busybox, and `sha256sum` of what was written. Both drop the caches before they read back. The
/// clock runs from the network's being there to the end of the last sync.
///
/// What is left out: the firmware, the kernel's start and its network (programs that would load
/// modules, set the clock or restart are notes that they were called; the capabilities for that are
/// dropped), and an SD card's slowness, before which both would wait for the card: it favours who
/// writes less.
final class Installing {
  /// The board's own, and its address.
  static final String MAC = "dc:a6:32:ef:00:01";

  static final String ADDRESS = "10.77.8.1";

  private static final Duration LIMIT = Duration.ofMinutes(10);

  /// Bounding set of the installer: the machine's clock, power and kernel are not its own here.
  private static final String CAPABILITIES = "-sys_time,-sys_boot,-sys_module";

  /// `$1` folder, `$2` bytes of the disk.
  private static final String ENTER =
      """
      root=$1/root
      mkdir $root
      # As an initramfs is: in memory.
      mount -t tmpfs -o mode=755 tmpfs $root
      mkdir -p $root/bin $root/usr/sbin $root/dev $root/run $root/tmp $root/scripts $root/sys/block/sda/device
      mkdir -p $root/sys/class/net/eth0 $root/proc/sys/vm
      cp "$(command -v busybox)" $root/bin/busybox
      for lib in $(ldd $root/bin/busybox 2> /dev/null | grep -o '/[^ ]*'); do cp -L --parents $lib $root; done
      for name in $($root/bin/busybox --list | grep -vx busybox); do ln -s busybox $root/bin/$name; done
      note() { printf '#!/bin/sh\\n%s\\n' "$2" > $root/usr/sbin/$1; chmod +x $root/usr/sbin/$1; }
      for name in modprobe insmod udevadm; do note $name :; done
      note date '[ "${*#*-s}" != "$*" ] || exec busybox date "$@"'
      note reboot ': > /ended; kill -9 $PPID'
      touch $root/proc/sys/vm/drop_caches
      mount --bind /proc/sys/vm/drop_caches $root/proc/sys/vm/drop_caches
      truncate -s $2 $1/disk
      disk=$(losetup -f --show $1/disk)
      spare=$(losetup -f)
      # The spare one may be somebody else's by now.
      free() {
        losetup -d $disk
        case $(losetup -n -O BACK-FILE $spare) in */dev/sda*) losetup -d $spare ;; esac
      } 2> /dev/null
      trap 'free || :' EXIT
      node() { mknod $root/dev/$1 $2 $3 $4; }
      node null c 1 3; node zero c 1 5; node urandom c 1 9
      node sda b 7 ${disk#/dev/loop}; node loop0 b 7 ${spare#/dev/loop}
      echo $(($2 / 512)) > $root/sys/block/sda/size
      echo 0 > $root/sys/block/sda/ro
      echo bench > $root/sys/block/sda/device/model
      echo 0x1b534d45 > $root/sys/block/sda/serial
      # What others have written is not for us to wait for.
      sync
      inside() { setpriv --bounding-set $drop chroot $root /bin/busybox sh "$@"; }
      """;

  /// A boot, as the loader does it; then the installer.
  private static final String OURS =
      """
      busybox udhcpc -i eth0 -f -n -q -t 20 -T 1 -s /bin/true -V PXEClient:Arch:00000:UNDI:002001 -O 43
      ip addr add $address/14 dev eth0 2> /dev/null || :
      ip route replace 10.76.0.0/14 dev eth0 src $address
      # With the address goes the route.
      trap 'ip addr del $address/14 dev eth0 || :; ip route replace 10.76.0.0/14 dev eth0 || :; free || :' EXIT
      until_served() { for i in $(seq 100); do curl -sSf -o "$2" http://$server/$1 && return; sleep 0.2; done; return 1; }
      until_served config.txt $1/config.txt
      until_served initramfs8 $1/initramfs8
      # The image's own initramfs is noise, in which no archive begins.
      at=$(grep -abo 070701 $1/initramfs8 | head -n 1 | cut -d : -f 1)
      tail -c +$((at + 1)) $1/initramfs8 | (cd $root && busybox cpio -idm)
      test -f $root/coldframe/install
      echo $mac > $root/sys/class/net/eth0/address
      echo "configure_networking() { : > /began; }" > $root/scripts/functions
      printf 'DEVICE=eth0\\nIPV4ADDR=%s\\n' $address > $root/run/net-eth0.conf
      inside /coldframe/install || :
      test -e $root/ended
      """;

  private static final String THEIRS =
      """
      cat > $root/write <<'END'
      : > /began
      wget -q -O - "$1" | dd of=/dev/sda bs=1M iflag=fullblock conv=fsync 2> /dev/null
      sync
      echo 3 > /proc/sys/vm/drop_caches
      dd if=/dev/sda bs=1M iflag=count_bytes,fullblock count=$2 2> /dev/null | sha256sum | cut -d ' ' -f 1 > /hash
      : > /ended
      END
      inside /write http://$server/$image $size
      test "$(cat $root/hash)" = "$(sha256sum < $served/$image | cut -d ' ' -f 1)"
      """;

  /// Outside the clock: what was written is there, looked at by who did not write it.
  private static final String LOOK =
      """
      mkdir $1/there
      losetup -d $disk
      mount -o ro,noload,loop,offset=$offset $1/disk $1/there
      sha256sum < $1/there/$payload
      umount $1/there
      echo began $(stat -c %.9Y $root/began) ended $(stat -c %.9Y $root/ended)
      """;

  private Installing() {}

  /// The words that install on the load's machine; the last line tells when it began and ended.
  ///
  /// @param folder an empty one
  /// @param image what a plain web server has at its root
  /// @param ours whether it is our installer that does it
  static List<String> words(Path folder, Path image, boolean ours) throws IOException {
    Path script = folder.resolve("install.sh");
    Files.writeString(script, ENTER + (ours ? OURS : THEIRS) + LOOK);
    Map<String, String> values =
        Map.of(
            "server",
            Link.SERVER,
            "mac",
            MAC,
            "address",
            ADDRESS,
            "drop",
            CAPABILITIES,
            "image",
            String.valueOf(image.getFileName()),
            "served",
            String.valueOf(image.getParent()),
            "size",
            Long.toString(SystemImage.BYTES),
            "offset",
            Long.toString(SystemImage.ROOT_AT),
            "payload",
            SystemImage.PAYLOAD);
    var words = new ArrayList<>(List.of("env"));
    values.forEach((name, value) -> words.add(name + "=" + value));
    words.addAll(
        List.of(
            "unshare",
            "--mount",
            "--pid",
            "--fork",
            "--kill-child",
            "bash",
            "-eu",
            script.toString(),
            folder.toString(),
            // A disk is larger than the image.
            Long.toString(SystemImage.BYTES + (64L << 20))));
    return words;
  }

  /// The payload's hash as the image has it.
  static String payload(Path image) throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("coldframe-bench");
    try {
      String said =
          Running.output(
              List.of(
                  "unshare",
                  "--mount",
                  "bash",
                  "-euc",
                  "mount -o ro,noload,loop,offset=$1 $2 $3; sha256sum < $3/$4",
                  "-",
                  Long.toString(SystemImage.ROOT_AT),
                  image.toString(),
                  folder.toString(),
                  SystemImage.PAYLOAD),
              LIMIT);
      return said.split(" ", 2)[0];
    } finally {
      Files.delete(folder);
    }
  }
}
