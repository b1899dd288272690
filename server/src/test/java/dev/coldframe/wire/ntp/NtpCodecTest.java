package dev.coldframe.wire.ntp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.net.Bytes;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Random;
import org.apache.commons.net.ntp.NtpV3Impl;
import org.apache.commons.net.ntp.TimeStamp;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NtpCodecTest {
  private static Bytes packet(int first, int size) {
    byte[] bytes = new byte[size];
    if (size > 0) {
      bytes[0] = (byte) first;
    }
    return Bytes.wrap(bytes);
  }

  private static String read(Bytes bytes) {
    return switch (NtpCodec.decode(bytes)) {
      case NtpDecode.Ok(NtpRequest request) -> "version " + request.version();
      case NtpDecode.Noise(String reason) -> reason;
    };
  }

  @ParameterizedTest
  @Tag("C-01")
  @Tag("C-02")
  @Tag("C-03")
  @CsvSource({
    "1, 3, version 1",
    "2, 3, version 2",
    "3, 3, version 3",
    "4, 3, version 4",
    "0, 3, unknown version",
    "5, 3, unknown version",
    "7, 3, unknown version",
    "4, 0, not a client's mode",
    "4, 1, not a client's mode",
    "4, 2, not a client's mode",
    "4, 4, not a client's mode",
    "4, 5, not a client's mode",
    "2, 6, not a client's mode",
    "2, 7, not a client's mode"
  })
  void readsClientsOnly(int version, int mode, String expected) {
    assertThat(read(packet(version << 3 | mode, 48))).isEqualTo(expected);
    assertThat(read(packet(0xc0 | version << 3 | mode, 48))).isEqualTo(expected);
  }

  @ParameterizedTest
  @Tag("C-02")
  @Tag("C-07")
  @CsvSource({
    "0,    shorter than a header",
    "47,   shorter than a header",
    "48,   version 4",
    "49,   not a whole number of words",
    "52,   version 4",
    "68,   version 4",
    "1024, version 4"
  })
  void passesOverWhatFollows(int size, String expected) {
    assertThat(read(packet(0x23, size))).isEqualTo(expected);
  }

  @Test
  @Tag("C-01")
  void writesWhatAnotherLibraryReads() {
    var request = new NtpRequest(4, 10, 0x8000_0000_ffff_ffffL);
    var reply = new NtpReply(1, 5, -20, 0x10000, 0x8000, 0x7f7f0101, 7, 8, request);
    ByteBuffer out = ByteBuffer.allocate(48);
    NtpCodec.encode(reply, 9, out);
    var packet = new NtpV3Impl();
    packet.setDatagramPacket(new java.net.DatagramPacket(out.array(), 48));
    assertThat(packet.getLeapIndicator()).isEqualTo(1);
    assertThat(packet.getVersion()).isEqualTo(4);
    assertThat(packet.getMode()).isEqualTo(4);
    assertThat(packet.getStratum()).isEqualTo(5);
    assertThat(packet.getPoll()).isEqualTo(10);
    assertThat(packet.getPrecision()).isEqualTo(-20);
    assertThat(packet.getRootDelayInMillisDouble()).isEqualTo(1_000);
    assertThat(packet.getRootDispersionInMillisDouble()).isEqualTo(500);
    assertThat(packet.getReferenceId()).isEqualTo(0x7f7f0101);
    assertThat(packet.getReferenceTimeStamp().ntpValue()).isEqualTo(7);
    assertThat(packet.getOriginateTimeStamp().ntpValue()).isEqualTo(0x8000_0000_ffff_ffffL);
    assertThat(packet.getReceiveTimeStamp().ntpValue()).isEqualTo(8);
    assertThat(packet.getTransmitTimeStamp().ntpValue()).isEqualTo(9);
  }

  @ParameterizedTest
  @Tag("C-09")
  @ValueSource(
      strings = {
        "1970-01-01T00:00:00Z",
        "2026-11-25T01:02:03.456Z",
        "2036-02-07T06:28:15.999Z",
        "2036-02-07T06:28:16Z",
        "2100-01-01T00:00:00.001Z"
      })
  void crossesTheErasEnd(String text) {
    Instant at = Instant.parse(text);
    long timestamp = NtpTime.timestamp(at);
    assertThat(NtpTime.instant(timestamp, at.plusSeconds(1_000_000)))
        .isBetween(at.minusNanos(1), at);
    assertThat(timestamp >>> 32).isEqualTo((at.getEpochSecond() + 2_208_988_800L) % (1L << 32));
  }

  @Test
  @Tag("C-09")
  void agreesWithAnotherLibraryToday() {
    Instant at = Instant.parse("2026-11-25T01:02:03.250Z");
    assertThat(NtpTime.timestamp(at)).isEqualTo(TimeStamp.getNtpTime(at.toEpochMilli()).ntpValue());
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "1, 1", "1000000000, 65536", "500000000, 32768", "99999000000000, -1"})
  void neverMakesAnErrorSmaller(long nanos, int shortForm) {
    assertThat(NtpTime.shortForm(nanos)).isEqualTo(shortForm);
  }

  @Test
  @Tag("C-07")
  void neverThrowsOnRandomBytes() {
    Random random = new Random(42);
    for (int i = 0; i < 100_000; i++) {
      byte[] bytes = new byte[random.nextInt(100)];
      random.nextBytes(bytes);
      assertThat(NtpCodec.decode(Bytes.wrap(bytes))).isNotNull();
    }
  }
}
