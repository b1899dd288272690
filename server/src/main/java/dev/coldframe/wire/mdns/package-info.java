/// Multicast DNS messages (RFC 6762, section 18) as records; names and resource records are those
/// of dnsjava.
@NullMarked
package dev.coldframe.wire.mdns;

import org.jspecify.annotations.NullMarked;
