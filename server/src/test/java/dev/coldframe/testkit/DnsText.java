package dev.coldframe.testkit;

import dev.coldframe.net.Bytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.stream.Collectors;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/// DNS questions and answers for people, by dnsjava: an independent reading of our own bytes.
public final class DnsText {
  /// The id of all questions made here.
  public static final int ID = 0xbeef;

  private DnsText() {}

  /// A question with recursion desired, class IN.
  public static Message question(String name, String type) {
    return question(name, Type.value(type), DClass.IN);
  }

  /// A question.
  public static Message question(String name, int type, int dnsClass) {
    Message out = new Message(ID);
    out.getHeader().setFlag(Flags.RD);
    out.addRecord(Record.newRecord(name(name), type, dnsClass), Section.QUESTION);
    return out;
  }

  /// The same with an OPT record.
  public static Message withEdns(Message question, int payloadBytes, int version) {
    question.addRecord(new OPTRecord(payloadBytes, 0, version), Section.ADDITIONAL);
    return question;
  }

  /// A name with or without its last dot.
  public static Name name(String text) {
    try {
      return Name.fromString(text, Name.root);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The bytes of a message.
  public static Bytes bytes(Message message) {
    return Bytes.wrap(message.toWire());
  }

  /// Reads a message.
  public static Message read(byte[] bytes) {
    try {
      return new Message(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// `NOERROR aa ra | A 192.168.0.20 | soa rack.home.arpa.`: response code and flags, answers,
  /// authority.
  public static String show(Message message) {
    var out = new StringBuilder(Rcode.string(message.getRcode()));
    for (int flag : List.of((int) Flags.AA, (int) Flags.TC, (int) Flags.RA)) {
      if (message.getHeader().getFlag(flag)) {
        out.append(' ').append(Flags.string(flag));
      }
    }
    String answers = records(message, Section.ANSWER);
    out.append(answers.isEmpty() ? "" : " | " + answers);
    for (Record authority : message.getSection(Section.AUTHORITY)) {
      out.append(" | ")
          .append(Type.string(authority.getType()).toLowerCase(java.util.Locale.ROOT))
          .append(' ')
          .append(authority.getName());
    }
    return out.toString();
  }

  private static String records(Message message, int section) {
    return message.getSection(section).stream()
        .map(r -> Type.string(r.getType()) + " " + r.rdataToString())
        .collect(Collectors.joining(", "));
  }
}
