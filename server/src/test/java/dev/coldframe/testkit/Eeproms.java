package dev.coldframe.testkit;

import dev.coldframe.disk.BootConf;
import dev.coldframe.disk.EepromImage;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Boot EEPROM images made from the documented layout (raspberry-pi-boot.md, section 5.2).
public final class Eeproms {
  /// What their `bootconf.txt` says.
  public static final String CONF = "[all]\nBOOT_UART=0\nPOWER_OFF_ON_HALT=0\n";

  private Eeproms() {}

  /// An image whose `bootconf.txt` is followed by padding and another file, or is the last section.
  public static byte[] image(EepromImage.Board board, boolean last) {
    byte[] out = new byte[board.sizeBytes()];
    Arrays.fill(out, (byte) 0xff);
    var sections = new ByteArrayOutputStream();
    section(sections, 0x55aaf00f, Images.bytes(1, 50_001));
    section(sections, 0x55aaf22f, Images.bytes(2, 333));
    file(sections, "pubkey.bin", Images.bytes(3, 264));
    file(sections, BootConf.FILE, CONF.getBytes(StandardCharsets.US_ASCII));
    if (!last) {
      section(sections, 0x55aafeef, filled(4096));
      file(sections, "bootsys", Images.bytes(4, 1000));
    }
    int at = 0;
    if (board == EepromImage.Board.PI5) {
      var head = new ByteArrayOutputStream();
      section(head, 0x55aaf00f, Images.bytes(5, 30_000));
      System.arraycopy(head.toByteArray(), 0, out, 0, head.size());
      at = 64 << 10;
    }
    System.arraycopy(sections.toByteArray(), 0, out, at, sections.size());
    System.arraycopy(Images.bytes(6, 4096), 0, out, out.length - 4096, 4096);
    return out;
  }

  /// The same, saying when it was built.
  public static byte[] built(EepromImage.Board board, long unixSeconds) {
    byte[] out = image(board, true);
    byte[] text = ("\0BUILD_TIMESTAMP=" + unixSeconds + "\0").getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(text, 0, out, 1_000, text.length);
    return out;
  }

  private static byte[] filled(int length) {
    byte[] out = new byte[length];
    Arrays.fill(out, (byte) 0xff);
    return out;
  }

  private static void section(ByteArrayOutputStream out, int magic, byte[] body) {
    out.writeBytes(ByteBuffer.allocate(8).putInt(magic).putInt(body.length).array());
    out.writeBytes(body);
    while (out.size() % 8 != 0) {
      out.write(0xff);
    }
  }

  private static void file(ByteArrayOutputStream out, String name, byte[] content) {
    byte[] body = new byte[16 + content.length];
    System.arraycopy(name.getBytes(StandardCharsets.US_ASCII), 0, body, 0, name.length());
    System.arraycopy(content, 0, body, 16, content.length);
    section(out, 0x55aaf11f, body);
  }
}
