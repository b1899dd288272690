/// Consoles over UDP on real interfaces: netconsole and syslog are heard on one loop of their own.
@NullMarked
package dev.coldframe.transport.console;

import org.jspecify.annotations.NullMarked;
