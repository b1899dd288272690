/// TFTP on the wire: RFC 1350 and its options (RFC 2347, 2348, 2349, 7440). Bytes become records or
/// a named defect; nothing here decides what is answered.
@NullMarked
package dev.coldframe.wire.tftp;

import org.jspecify.annotations.NullMarked;
