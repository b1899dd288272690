/// What machines say on their consoles, as it comes over UDP: bytes to lines. Pure.
@NullMarked
package dev.coldframe.wire.console;

import org.jspecify.annotations.NullMarked;
