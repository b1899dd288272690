package dev.coldframe.wire.mdns;

import java.util.List;
import org.xbill.DNS.Record;

/// A message. The class of a record that replaces all others of its name and type has
/// [MdnsCodec#CACHE_FLUSH] set.
///
/// @param id 0, but for askers that know nothing of multicast
/// @param response whether it answers
/// @param truncated whether more known answers follow
/// @param questions what is asked
/// @param answers in a query: what the asker knows already
/// @param authority in a query: what the asker wants to have as its own
/// @param additional what the asker will want next
public record MdnsMessage(
    int id,
    boolean response,
    boolean truncated,
    List<MdnsQuestion> questions,
    List<Record> answers,
    List<Record> authority,
    List<Record> additional) {
  public MdnsMessage {
    questions = List.copyOf(questions);
    answers = List.copyOf(answers);
    authority = List.copyOf(authority);
    additional = List.copyOf(additional);
  }

  /// A query, with what the asker claims for itself.
  public static MdnsMessage query(List<MdnsQuestion> questions, List<Record> claims) {
    return new MdnsMessage(0, false, false, questions, List.of(), claims, List.of());
  }

  /// A response to everybody or to an asker that knows multicast.
  public static MdnsMessage response(List<Record> answers, List<Record> additional) {
    return new MdnsMessage(0, true, false, List.of(), answers, List.of(), additional);
  }
}
