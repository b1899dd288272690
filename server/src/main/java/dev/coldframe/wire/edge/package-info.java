/// What the appliance and a relay at the edge say to each other over their TLS link: bytes to
/// records and back.
@NullMarked
package dev.coldframe.wire.edge;

import org.jspecify.annotations.NullMarked;
