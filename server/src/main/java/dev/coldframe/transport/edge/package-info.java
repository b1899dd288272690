/// The TLS link between an appliance and its relays at the edge, and what both ends do with it. One
/// standing connection carries DHCP, questions about files and reports; each connection of a board
/// over HTTP goes through one of its own, so that nobody waits for somebody else's image.
@NullMarked
package dev.coldframe.transport.edge;

import org.jspecify.annotations.NullMarked;
