package dev.coldframe.boot;

import dev.coldframe.net.Bytes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/// A script as U-Boot's `source` wants it: in a legacy image, big-endian.
///
/// ```
/// 0 magic · 4 CRC of the header · 8 time · 12 size · 16 load · 20 entry · 24 CRC of the data
/// 28 system · 29 processor · 30 type, 6 is a script · 31 compression · 32 name
/// 64 length of the script · 68 zero · 72 the script
/// ```
public final class UBootScript {
  /// What U-Boot asks for when DHCP names no other.
  public static final String PATH = "boot.scr.uimg";

  private static final int MAGIC = 0x27051956;
  private static final int HEADER_BYTES = 64;
  private static final byte LINUX = 5;
  private static final byte ARM64 = 22;
  private static final byte SCRIPT = 6;
  private static final String NAME = "coldframe";

  private UBootScript() {}

  /// Wraps a script. Equal input gives equal bytes: the time is zero.
  public static Bytes of(String script) {
    byte[] text = script.getBytes(StandardCharsets.US_ASCII);
    byte[] data =
        ByteBuffer.allocate(8 + text.length).putInt(text.length).putInt(0).put(text).array();
    ByteBuffer out = ByteBuffer.allocate(HEADER_BYTES + data.length);
    out.putInt(MAGIC)
        .putInt(0)
        .putInt(0)
        .putInt(data.length)
        .putInt(0)
        .putInt(0)
        .putInt(crc(data, data.length));
    out.put(LINUX).put(ARM64).put(SCRIPT).put((byte) 0);
    out.put(NAME.getBytes(StandardCharsets.US_ASCII));
    out.position(HEADER_BYTES).put(data);
    out.putInt(4, crc(out.array(), HEADER_BYTES));
    return Bytes.wrap(out.array());
  }

  private static int crc(byte[] bytes, int length) {
    var crc = new CRC32();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }
}
