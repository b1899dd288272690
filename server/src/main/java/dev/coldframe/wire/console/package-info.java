/// What machines say on their consoles, as it comes over UDP and through serial ports: bytes to
/// lines. Pure.
@NullMarked
package dev.coldframe.wire.console;

import org.jspecify.annotations.NullMarked;
