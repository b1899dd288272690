package dev.coldframe.wire.mdns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.net.Bytes;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.NSECRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

class MdnsCodecTest {
  private static final Name HOST = name("coldframe.local.");
  private static final int UNIQUE = DClass.IN | MdnsCodec.CACHE_FLUSH;
  private static final Record ADDRESS =
      new ARecord(HOST, UNIQUE, 120, InetAddress.ofLiteral("192.168.0.2"));
  private static final MdnsMessage MESSAGE =
      new MdnsMessage(
          7,
          false,
          true,
          List.of(
              new MdnsQuestion(HOST, Type.ANY, DClass.IN, true),
              new MdnsQuestion(HOST, Type.A, DClass.ANY, false)),
          List.of(new TXTRecord(name("rack._coldframe._tcp.local."), UNIQUE, 4_500, "")),
          List.of(ADDRESS),
          List.of(new NSECRecord(HOST, UNIQUE, 120, HOST, new int[] {Type.A})));

  private static Name name(String text) {
    try {
      return Name.fromString(text);
    } catch (TextParseException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  private static Bytes flagged(int flags) {
    byte[] bytes = MdnsCodec.encode(MESSAGE).toArray();
    bytes[2] = (byte) (flags >>> 8);
    bytes[3] = (byte) flags;
    return Bytes.wrap(bytes);
  }

  @Test
  void aMessageComesBackAsItWas() {
    assertThat(MdnsCodec.decode(MdnsCodec.encode(MESSAGE))).isEqualTo(new MdnsDecode.Ok(MESSAGE));
    MdnsMessage response = MdnsMessage.response(List.of(ADDRESS), List.of());
    assertThat(MdnsCodec.decode(MdnsCodec.encode(response))).isEqualTo(new MdnsDecode.Ok(response));
  }

  @Test
  void aResponseIsAuthoritativeAndHasNoQuestion() {
    byte[] bytes = MdnsCodec.encode(MdnsMessage.response(List.of(ADDRESS), List.of())).toArray();
    assertThat(Arrays.copyOf(bytes, 12)).containsExactly(0, 0, 0x84, 0, 0, 0, 0, 1, 0, 0, 0, 0);
  }

  @Test
  @Tag("M-16")
  void anEmptyTextIsOneZeroByte() {
    Record text = new TXTRecord(HOST, UNIQUE, 4_500, "");
    byte[] bytes = MdnsCodec.encode(MdnsMessage.response(List.of(text), List.of())).toArray();
    assertThat(Arrays.copyOfRange(bytes, bytes.length - 3, bytes.length)).containsExactly(0, 1, 0);
  }

  @Test
  @Tag("M-13")
  void otherOpcodesAndErrorsAreIgnored() {
    assertThat(MdnsCodec.decode(flagged(0x2800)))
        .isEqualTo(new MdnsDecode.Ignored("another opcode than query"));
    assertThat(MdnsCodec.decode(flagged(0x7800)))
        .isEqualTo(new MdnsDecode.Ignored("another opcode than query"));
    assertThat(MdnsCodec.decode(flagged(0x8403)))
        .isEqualTo(new MdnsDecode.Ignored("an error code"));
    assertThat(MdnsCodec.decode(flagged(0x8400))).isInstanceOf(MdnsDecode.Ok.class);
  }

  @Test
  void whatIsCutIsIgnored() {
    byte[] whole = MdnsCodec.encode(MdnsMessage.response(List.of(ADDRESS), List.of())).toArray();
    for (int length = 0; length < whole.length; length++) {
      assertThat(MdnsCodec.decode(Bytes.wrap(Arrays.copyOf(whole, length))))
          .as("%d bytes", length)
          .isInstanceOf(MdnsDecode.Ignored.class);
    }
  }

  @Test
  void noiseIsNeverMoreThanIgnored() {
    var random = new Random(42);
    byte[] whole = MdnsCodec.encode(MESSAGE).toArray();
    int read = 0;
    for (int i = 0; i < 20_000; i++) {
      byte[] noisy = whole.clone();
      for (int n = random.nextInt(1, 6); n > 0; n--) {
        noisy[random.nextInt(noisy.length)] = (byte) random.nextInt();
      }
      read += MdnsCodec.decode(Bytes.wrap(noisy)) instanceof MdnsDecode.Ok ? 1 : 0;
    }
    assertThat(read).isBetween(1, 19_999);
  }
}
