/// TFTP on real interfaces. The service socket of a link hears requests; *transfer ports*, one per
/// local address and event loop, carry the files, each many at once, told apart by the peer's
/// address and port. In single-port mode a transfer port is bound to the service port itself and
/// hears requests as well.
@NullMarked
package dev.coldframe.transport.tftp;

import org.jspecify.annotations.NullMarked;
