package dev.coldframe.testkit;

import com.github.luben.zstd.ZstdOutputStream;
import dev.coldframe.disk.ByteSource;
import dev.coldframe.disk.FatLayout;
import dev.coldframe.disk.Parsed;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/// Disk images made by tests: a partition table, a FAT volume, something opaque behind it.
public final class Images {
  /// The first partition starts here, as in images of Raspberry Pi OS but nearer.
  public static final int BOOT_AT = 1 << 20;

  private Images() {}

  /// What a boot partition of Raspberry Pi OS Trixie looks like, small.
  public static Map<String, byte[]> trixie() {
    var out = new LinkedHashMap<String, byte[]>();
    out.put("bcm2710-rpi-3-b.dtb", bytes(3, 30_000));
    out.put("bcm2711-rpi-4-b.dtb", bytes(4, 50_000));
    out.put("bcm2712-rpi-5-b.dtb", bytes(5, 70_000));
    out.put(
        "cmdline.txt",
        text(
            "console=serial0,115200 console=tty1 root=PARTUUID=4e639091-02"
                + " rootfstype=ext4 fsck.repair=yes rootwait resize\n"));
    out.put(
        "config.txt",
        text(
            """
            # For more options see http://rptl.io/configtxt
            dtparam=audio=on
            auto_initramfs=1
            arm_64bit=1
            [cm4]
            otg_mode=1
            [all]
            """));
    out.put(
        "issue.txt",
        text(
            """
            Raspberry Pi reference 2025-11-24
            Generated using pi-gen, https://github.com/RPi-Distro/pi-gen, 1234567, stage2
            """));
    out.put("initramfs8", bytes(6, 200_000));
    out.put("kernel8.img", bytes(7, 300_001));
    out.put("meta-data", text("dsmode: local\n"));
    out.put("network-config", text("# empty\n"));
    out.put("overlays/README", text("overlays\n"));
    out.put("overlays/disable-bt.dtbo", bytes(8, 1_073));
    out.put("start4.elf", bytes(9, 100_000));
    out.put("user-data", text("#cloud-config\n"));
    return out;
  }

  public static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /// Bytes that no compressor makes much smaller, the same each time.
  public static byte[] bytes(long seed, int length) {
    byte[] out = new byte[length];
    new java.util.Random(seed).nextBytes(out);
    return out;
  }

  /// A FAT volume of these files.
  public static byte[] fat(Map<String, byte[]> files) {
    var sources = new ArrayList<FatLayout.Source>();
    files.forEach((path, bytes) -> sources.add(new FatLayout.Source(path, bytes.length)));
    Parsed<FatLayout> made = FatLayout.of(sources, new FatLayout.Name("BOOTFS", 0x4e639091));
    return fat(made.good().orElseThrow(() -> new AssertionError(made)), files);
  }

  /// The bytes of a layout.
  public static byte[] fat(FatLayout layout, Map<String, byte[]> files) {
    byte[] out = new byte[(int) layout.sizeBytes()];
    for (FatLayout.Piece piece : layout.pieces()) {
      switch (piece) {
        case FatLayout.Piece.Made(long at, var bytes) -> bytes.copyTo(out, (int) at);
        case FatLayout.Piece.File(long at, String path, long length) ->
            System.arraycopy(files.get(path), 0, out, (int) at, (int) length);
      }
    }
    return out;
  }

  /// A disk with an MBR, that volume as partition 1 and a root partition of some data and much
  /// emptiness as partition 2.
  public static byte[] disk(byte[] boot) {
    int rootAt = BOOT_AT + (boot.length + (1 << 20) - 1) / (1 << 20) * (1 << 20);
    byte[] out = new byte[rootAt + (9 << 20)];
    putInt(out, 440, 0x4e639091);
    entry(out, 0, 0x0c, BOOT_AT / 512, boot.length / 512);
    entry(out, 1, 0x83, rootAt / 512, (9 << 20) / 512);
    out[510] = 0x55;
    out[511] = (byte) 0xaa;
    System.arraycopy(boot, 0, out, BOOT_AT, boot.length);
    System.arraycopy(bytes(1, 300_000), 0, out, rootAt + 1024, 300_000);
    System.arraycopy(bytes(2, 10_000), 0, out, out.length - 10_000, 10_000);
    return out;
  }

  /// Writes an entry of an MBR.
  public static void entry(byte[] out, int index, int type, int first, int sectors) {
    int at = 446 + 16 * index;
    out[at + 4] = (byte) type;
    putInt(out, at + 8, first);
    putInt(out, at + 12, sectors);
  }

  /// Writes a little-endian number.
  public static void putInt(byte[] out, int at, int value) {
    for (int i = 0; i < 4; i++) {
      out[at + i] = (byte) (value >>> (8 * i));
    }
  }

  /// Bytes as a source that notices who reads outside.
  public static ByteSource source(byte[] bytes) {
    return new ByteSource() {
      @Override
      public long sizeBytes() {
        return bytes.length;
      }

      @Override
      public void read(long position, byte[] target, int offset, int length) {
        System.arraycopy(bytes, Math.toIntExact(position), target, offset, length);
      }
    };
  }

  /// What the runs of a file hold.
  public static byte[] read(byte[] image, List<dev.coldframe.net.ByteRange> runs) {
    var out = new ByteArrayOutputStream();
    runs.forEach(run -> out.write(image, (int) run.first(), (int) run.length()));
    return out.toByteArray();
  }

  /// Ways to pack an image.
  public enum Archive {
    RAW,
    XZ,
    GZIP,
    ZSTD,
    ZIP;

    /// Packs an image.
    public byte[] pack(byte[] image) throws IOException {
      if (this == ZIP) {
        return zip(Map.of("deep/IMAGE.img", image), 0100644);
      }
      var out = new ByteArrayOutputStream();
      try (OutputStream packing = packing(out)) {
        packing.write(image);
      }
      return out.toByteArray();
    }

    private OutputStream packing(OutputStream out) throws IOException {
      return switch (this) {
        case RAW, ZIP -> out;
        case XZ -> new XZOutputStream(out, new LZMA2Options(0));
        case GZIP -> new GZIPOutputStream(out);
        case ZSTD -> new ZstdOutputStream(out);
      };
    }

    /// A zip archive.
    ///
    /// @param unixMode what its entries say they are
    public static byte[] zip(Map<String, byte[]> entries, int unixMode) throws IOException {
      var out = new ByteArrayOutputStream();
      try (var zip = new ZipArchiveOutputStream(out)) {
        for (Map.Entry<String, byte[]> one : entries.entrySet()) {
          var entry = new ZipArchiveEntry(one.getKey());
          entry.setUnixMode(unixMode);
          zip.putArchiveEntry(entry);
          zip.write(one.getValue());
          zip.closeArchiveEntry();
        }
      }
      return out.toByteArray();
    }
  }
}
