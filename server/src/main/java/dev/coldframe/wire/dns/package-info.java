/// DNS questions and our own answers on the wire: RFC 1035, EDNS from RFC 6891. This room is on the
/// path of every local answer and therefore reads and writes bytes itself; what comes from other
/// servers is read by dnsjava.
///
/// A question's name may not be compressed, pointers elsewhere are skipped and never followed, and
/// bytes after the last record are a defect.
@NullMarked
package dev.coldframe.wire.dns;

import org.jspecify.annotations.NullMarked;
