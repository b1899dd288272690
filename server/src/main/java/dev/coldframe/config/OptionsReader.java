package dev.coldframe.config;

import dev.coldframe.net.Bytes;
import dev.coldframe.net.Ip4;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// Reads `options:`, further DHCP options by number or name, and encodes them.
///
/// An option that is known by name is written in its own type, under its number as well. Any other
/// is a guess from its value: addresses, else text. `0x…` and `hex:…` are bytes for every option.
final class OptionsReader {
  /// What the length byte of an option can say (RFC 2132, section 2).
  static final int MAX_BYTES = 255;

  private static final int MAX_CODE = 254;
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,3}");
  private static final Pattern HEX = Pattern.compile("(?:0x|hex:)((?:[0-9a-fA-F]{2}[: ]?)+)");
  private static final Pattern INTEGER = Pattern.compile("-?[0-9]{1,10}");
  private static final Pattern PRINTABLE = Pattern.compile("[\\x20-\\x7e]+");

  private final Problems problems;

  OptionsReader(Problems problems) {
    this.problems = problems;
  }

  /// The options by code; those with problems are left out.
  Map<Integer, Bytes> read(Map<String, Value> entries) {
    var out = new LinkedHashMap<Integer, Bytes>();
    entries.forEach((key, value) -> {
      Optional<Integer> code = code(key, value.place());
      code.flatMap(c -> encode(c, value))
          .ifPresent(bytes -> {
            if (out.putIfAbsent(code.orElseThrow(), bytes) != null) {
              problems.error(value.place(), "is option " + code.get() + " once more; keep one");
            }
          });
    });
    return out;
  }

  private Optional<Integer> code(String key, Place place) {
    Optional<Integer> code =
        NUMBER.matcher(key).matches()
            ? Optional.of(Integer.parseInt(key)).filter(c -> c >= 1 && c <= MAX_CODE)
            : DhcpOptions.named(key).map(DhcpOptions.Known::code);
    if (code.isEmpty()) {
      String near = DhcpOptions.nearest(key).map(n -> "; did you mean " + n + "?").orElse("");
      problems.error(
          place, "is no DHCP option; write a number from 1 to 254 or a known name" + near);
      return code;
    }
    Optional<String> owner = code.flatMap(DhcpOptions::owner);
    owner.ifPresent(instead ->
        problems.error(place, "option " + code.get() + " is Coldframe's own; " + instead));
    return owner.isPresent() ? Optional.empty() : code;
  }

  private Optional<Bytes> encode(int code, Value value) {
    Read<Bytes> typed =
        DhcpOptions.coded(code).map(known -> reader(known.type())).orElse(OptionsReader::guess);
    Read<Bytes> read = isHex(value) ? Reads.parsed(OptionsReader::tryParseHex, "hex") : typed;
    return Reads.some(read, "write a value or leave the option out")
        .keeping(OptionsReader::sizeProblem)
        .from(value, problems);
  }

  private static Read<Bytes> reader(DhcpOptions.Type type) {
    return switch (type) {
      case ADDRESS -> Reads.IP4.as(address -> addresses(List.of(address)));
      case ADDRESSES -> Reads.oneOrMore(Reads.IP4).as(OptionsReader::addresses);
      case TEXT -> Reads.parsed(OptionsReader::tryEncodeText, "plain ASCII text");
      case FLAG -> Reads.SWITCH.as(on -> Bytes.of(on ? 1 : 0));
      case UNSIGNED_8 -> number(1, 0, 0xff);
      case UNSIGNED_16 -> number(2, 0, 0xffff);
      case UNSIGNED_32 -> number(4, 0, 0xffff_ffffL);
      case SIGNED_32 -> number(4, Integer.MIN_VALUE, Integer.MAX_VALUE);
    };
  }

  private static Optional<Bytes> guess(Value value, Problems problems) {
    boolean addresses =
        value instanceof Value.Sequence
            || (value instanceof Value.Scalar(_, String text) && Ip4.tryParse(text).isPresent());
    return reader(addresses ? DhcpOptions.Type.ADDRESSES : DhcpOptions.Type.TEXT)
        .from(value, problems);
  }

  private static Read<Bytes> number(int sizeBytes, long min, long max) {
    return Reads.parsed(
        text ->
            Optional.of(text)
                .filter(t -> INTEGER.matcher(t).matches())
                .map(Long::parseLong)
                .filter(n -> n >= min && n <= max)
                .map(n -> bytes(n, sizeBytes)),
        "a whole number from " + min + " to " + max);
  }

  private static Bytes bytes(long number, int sizeBytes) {
    byte[] all = ByteBuffer.allocate(Long.BYTES).putLong(number).array();
    return Bytes.wrap(all).slice(Long.BYTES - sizeBytes, Long.BYTES);
  }

  private static Bytes addresses(List<Ip4> addresses) {
    var out = ByteBuffer.allocate(4 * addresses.size());
    addresses.forEach(address -> out.putInt(address.bits()));
    return Bytes.wrap(out.array());
  }

  private static Optional<Bytes> tryEncodeText(String text) {
    return Optional.of(text)
        .filter(t -> PRINTABLE.matcher(t).matches())
        .map(t -> Bytes.of(t, StandardCharsets.US_ASCII));
  }

  private static boolean isHex(Value value) {
    return value instanceof Value.Scalar(_, String text)
        && (text.startsWith("0x") || text.startsWith("hex:"));
  }

  private static Optional<Bytes> tryParseHex(String text) {
    var matcher = HEX.matcher(text);
    return matcher.matches() ? Optional.of(Bytes.parseHex(matcher.group(1))) : Optional.empty();
  }

  private static Optional<String> sizeProblem(Bytes bytes) {
    return bytes.size() > MAX_BYTES
        ? Optional.of("has " + bytes.size() + " bytes; an option has room for 255")
        : Optional.empty();
  }
}
