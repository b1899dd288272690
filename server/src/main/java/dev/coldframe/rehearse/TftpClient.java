package dev.coldframe.rehearse;

import dev.coldframe.net.Bytes;
import java.nio.charset.StandardCharsets;

/// The TFTP client of one stage of a boot: what it asks with and what it cannot bear (reference,
/// sections 3.1 and 3.2).
enum TftpClient {
  /// No options, blocks of 512.
  ROM("the ROM", "", 512, false),
  /// `tsize 0` only.
  BOOTCODE("bootcode.bin", Options.SIZE, 512, false),
  /// Since 2020-04-16 it wants an OACK (FW#1913).
  START_ELF("start.elf", Options.SIZE + Options.BLOCK_1468, 1468, false),
  START4_ELF("start4.elf", Options.SIZE + Options.BLOCK_1468, 1468, false),
  EEPROM_2020("the boot EEPROM", Options.SIZE + Options.BLOCK_1024, 1024, false),
  /// Since 2025-09-23 the block counter goes on at 0 after 65535.
  EEPROM("the boot EEPROM", Options.SIZE + Options.BLOCK_1468, 1468, true);

  /// Ends of a read request, after the name and its NUL.
  private static final class Options {
    /// `tsize` 0.
    static final String SIZE = "7473697a650030" + "00";

    /// `blksize` 1468: 1500 less the headers of IP, UDP and TFTP.
    static final String BLOCK_1468 = "626c6b73697a650031343638" + "00";

    /// `blksize` 1024, up to 2022-09.
    static final String BLOCK_1024 = "626c6b73697a650031303234" + "00";
  }

  /// Operation 1.
  private static final String READ = "0001";

  /// `octet`, always lower case.
  private static final String OCTET = "00" + "6f6374657400";

  private final String label;
  private final String options;
  private final int blockBytes;
  private final boolean counterWraps;

  TftpClient(String label, String options, int blockBytes, boolean counterWraps) {
    this.label = label;
    this.options = options;
    this.blockBytes = blockBytes;
    this.counterWraps = counterWraps;
  }

  /// Who it is, for messages.
  String label() {
    return label;
  }

  /// The read request for a name.
  Bytes request(String path) {
    return Bytes.parseHex(READ + Bytes.of(path, StandardCharsets.US_ASCII).hex() + OCTET + options);
  }

  /// Whether it asks for the size.
  boolean asksSize() {
    return !options.isEmpty();
  }

  /// Whether it asks for a block size of its own.
  boolean asksBlockSize() {
    return blockBytes != Transfer.PLAIN_BLOCK;
  }

  int blockBytes() {
    return blockBytes;
  }

  /// Whether it goes on after block 65535. Of start.elf and start4.elf nobody knows, so they do
  /// not.
  boolean counterWraps() {
    return counterWraps;
  }

  /// start4.elf once answered a duplicate with the ACK of the next block, and hung (FW#1631).
  boolean hangsOnDuplicate() {
    return this == START_ELF || this == START4_ELF;
  }

  /// Whether it fails with a server that ignores options.
  boolean needsOack() {
    return this == START_ELF;
  }
}
