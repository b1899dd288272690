/// Multicast DNS on real links: one socket for each, opened again when its interface changes, all
/// on one loop. Nothing here keeps the appliance from starting.
@NullMarked
package dev.coldframe.transport.mdns;

import org.jspecify.annotations.NullMarked;
