/// Consoles over UDP on real interfaces, where netconsole and syslog are heard on one loop of their
/// own, and over serial ports, each of which is read by a thread.
@NullMarked
package dev.coldframe.transport.console;

import org.jspecify.annotations.NullMarked;
