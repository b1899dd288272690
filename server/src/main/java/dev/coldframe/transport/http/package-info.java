/// The boot plane over HTTP: boot trees, hello, seeds and reports on the served networks. No admin
/// function.
@NullMarked
package dev.coldframe.transport.http;

import org.jspecify.annotations.NullMarked;
