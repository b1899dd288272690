package dev.coldframe.wire.mdns;

import org.xbill.DNS.Name;

/// One question.
///
/// @param name what is asked about
/// @param type which records of it
/// @param dnsClass in which class
/// @param unicast whether the answer may be sent to the asker alone (RFC 6762, section 5.4)
public record MdnsQuestion(Name name, int type, int dnsClass, boolean unicast) {}
