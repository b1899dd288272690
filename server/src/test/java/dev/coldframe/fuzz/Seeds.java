package dev.coldframe.fuzz;

import dev.coldframe.disk.BootConf;
import dev.coldframe.disk.EepromImage;
import dev.coldframe.net.Bytes;
import dev.coldframe.testkit.DnsText;
import dev.coldframe.testkit.Eeproms;
import dev.coldframe.testkit.Golden;
import dev.coldframe.testkit.Images;
import dev.coldframe.wire.edge.EdgeCodec;
import dev.coldframe.wire.edge.EdgeCodecTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// What fuzzing starts from: the goldens, and what the tests make.
final class Seeds {
  private static final Path DHCP = Path.of("src/test/resources/golden/dhcp");

  private Seeds() {}

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  static Stream<byte[]> dhcp() {
    try (Stream<Path> files = Files.list(DHCP)) {
      List<String> names =
          files
              .map(file -> file.getFileName().toString())
              .filter(name -> name.endsWith(".hex"))
              .map(name -> "dhcp/" + name.replace(".hex", ""))
              .sorted()
              .toList();
      return names.stream().map(Golden::bytes).map(Bytes::toArray);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Stream<byte[]> relayInformation() {
    return Stream.of(
            "0104" + "00010203" + "0206" + "dca6320136c2", "0504c0a80000", "1300", "01ff00")
        .map(hex -> Bytes.parseHex(hex).toArray());
  }

  static Stream<byte[]> edge() {
    return EdgeCodecTest.messages()
        .map(EdgeCodec::encode)
        .map(framed -> framed.slice(4, framed.size()).toArray());
  }

  static Stream<byte[]> clientName() {
    return Stream.of("000000", "010000" + "676572", "050000" + "03676572000261", "0400ff3f")
        .map(hex -> Bytes.parseHex(hex).toArray());
  }

  static Stream<byte[]> searchList() {
    return Stream.of("rack.home.arpa\nhome.arpa", "a.b.c\nb.c\nx.a.b.c\nc", "a").map(Seeds::text);
  }

  static Stream<byte[]> routes() {
    return Stream.of("080a000000c0a800fe", "00000000" + "00c0a80001" + "20ffffffffc0a80001")
        .map(hex -> Bytes.parseHex(hex).toArray());
  }

  static Stream<byte[]> dns() {
    return Stream.of(
            DnsText.question("geranium.rack.home.arpa", "A"),
            DnsText.question("wiki.rack.home.arpa", "A"),
            DnsText.question("_etcd._tcp.rack.home.arpa", "SRV"),
            DnsText.question("geranium.rack.home.arpa", "TXT"),
            DnsText.question("20.0.168.192.in-addr.arpa", "PTR"),
            DnsText.question("ip-192-168-0-200.dhcp.rack.home.arpa", "A"),
            DnsText.question("k8s-api.rack.home.arpa", "ANY"),
            DnsText.withEdns(DnsText.question("www.example.org", "AAAA"), 1232, 0))
        .map(DnsText::bytes)
        .map(Bytes::toArray);
  }

  static Stream<byte[]> upstream() {
    String head = "1234818000010002000000000377777707657861" + "6d706c65036f72670000010001";
    return Stream.of(
            head + "c00c000500010000003c0002c010" + "c01000010001000000ff0004c0a80001",
            "12348183000100000001000003777777076578616d706c65036f72670000010001"
                + "c0100006000100000e10000dc010c01000000001000000020000000300000004")
        .map(hex -> Bytes.parseHex(hex).toArray());
  }

  static Stream<byte[]> mdns() {
    String host = "09636f6c646672616d65056c6f63616c00";
    String node = "0867657261" + "6e69756d" + "056c6f63616c00";
    return Stream.of(
            // A question for an address, a probe with a rival's claim, an announcement with its
            // reverse name, a goodbye.
            "000000000001000000000000" + host + "00010001",
            "000000000001000000010000" + host + "00ff8001" + "c00c00010001000000780004c0a800ff",
            "000084000000000200000000"
                + (node + "0001800100000078" + "0004c0a80014")
                + ("023230013003313638033139320769" + "6e2d61646472046172706100")
                + "000c800100000078"
                + "0002c00c",
            "000084000000000100000000" + node + "0001000100000000" + "0004c0a80014")
        .map(hex -> Bytes.parseHex(hex).toArray());
  }

  static Stream<byte[]> ntp() {
    return Stream.of("23", "1b", "e3", "0b")
        .map(first -> Bytes.parseHex(first + "0006ec" + "00".repeat(36) + "83aa7e80deadbeef"))
        .map(Bytes::toArray);
  }

  static Stream<byte[]> tftp() {
    return Stream.of(
            "\0\1a2ef5644/config.txt\0octet\0blksize\0001468\0tsize\0000\0",
            "\0\1start4.elf\0octet\0tsize\0000\0blksize\0001024\0windowsize\00064\0timeout\0001\0",
            "\0\2up\0netascii\0",
            "\0\3\0\1data",
            "\0\4\377\377",
            "\0\5\0\1no such file\0",
            "\0\6tsize\00012\0")
        .map(Seeds::text);
  }

  static Stream<byte[]> fat() {
    Map<String, byte[]> files =
        Map.of(
            "config.txt", text("[all]\n"),
            "overlays/disable-bt.dtbo", text("x".repeat(1_073)),
            "A long name with blanks.txt", text("y"));
    byte[] image = Images.fat(files);
    return Stream.of(Arrays.copyOf(image, FuzzDisk.lastUsed(image)));
  }

  static Stream<byte[]> partitions() {
    byte[] mbr = new byte[512];
    Images.putInt(mbr, 440, 0x4e639091);
    Images.entry(mbr, 0, 0x0c, 64, 100);
    Images.entry(mbr, 1, 0x83, 200, 50);
    mbr[510] = 0x55;
    mbr[511] = (byte) 0xaa;
    byte[] gpt = new byte[4 * 512];
    Images.entry(gpt, 0, 0xee, 1, 4095);
    gpt[510] = 0x55;
    gpt[511] = (byte) 0xaa;
    System.arraycopy(text("EFI PART"), 0, gpt, 512, 8);
    Images.putInt(gpt, 512 + 8, 0x10000);
    Images.putInt(gpt, 512 + 12, 92);
    Images.putInt(gpt, 512 + 24, 1);
    Images.putInt(gpt, 512 + 72, 2);
    Images.putInt(gpt, 512 + 80, 4);
    Images.putInt(gpt, 512 + 84, 128);
    gpt[1024] = 1;
    gpt[1024 + 16] = 2;
    Images.putInt(gpt, 1024 + 32, 40);
    Images.putInt(gpt, 1024 + 40, 139);
    return Stream.of(mbr, gpt);
  }

  static Stream<byte[]> eeprom() {
    byte[] image = Eeproms.image(EepromImage.Board.PI4, false);
    // The files alone: what stands before them is opaque and long.
    int from = indexOf(image, text("pubkey.bin")) - 8;
    int conf = indexOf(image, text(BootConf.FILE)) - 8;
    return Stream.of(
        Arrays.copyOfRange(image, from, from + 6_144), Arrays.copyOfRange(image, conf, conf + 128));
  }

  private static int indexOf(byte[] in, byte[] what) {
    for (int at = 0; at + what.length <= in.length; at++) {
      if (Arrays.equals(in, at, at + what.length, what, 0, what.length)) {
        return at;
      }
    }
    throw new AssertionError("not in there");
  }

  static Stream<byte[]> archive() {
    return Stream.of("a/b\0content\0c", "x", "conf/conf.d/zz\0\1\2\3").map(Seeds::text);
  }

  static Stream<byte[]> installer() {
    return Stream.of(
            "disk\t/dev/mmcblk0\t31914983424\t0\tSD32G\t0x1234\t/dev/disk/by-id/mmc-SD32G\n",
            "sectors\t/dev/mmcblk0\t0\tAAECAw==\nunreadable\t/dev/sda\n")
        .map(Seeds::text);
  }
}
