/// Bytes to records and back, one room a protocol. Hostile input becomes a named defect, never an
/// exception. Pure.
@NullMarked
package dev.coldframe.wire;

import org.jspecify.annotations.NullMarked;
