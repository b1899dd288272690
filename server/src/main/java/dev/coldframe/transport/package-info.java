/// The Netty shell: the only rooms that touch a socket. Receive, decode, ask a decision, encode,
/// send.
@NullMarked
package dev.coldframe.transport;

import org.jspecify.annotations.NullMarked;
