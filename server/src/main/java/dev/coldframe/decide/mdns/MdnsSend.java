package dev.coldframe.decide.mdns;

import dev.coldframe.wire.mdns.MdnsMessage;

/// A message to be sent now.
///
/// @param to one asker, or [Peer#GROUP]
public record MdnsSend(MdnsMessage message, Peer to) {}
