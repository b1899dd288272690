/// Weeks of an appliance's life within seconds: everything but its sockets, on a clock of the
/// test's own.
@NullMarked
package dev.coldframe.soak;

import org.jspecify.annotations.NullMarked;
