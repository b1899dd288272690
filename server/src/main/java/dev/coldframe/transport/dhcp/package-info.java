/// DHCP on real interfaces: one socket a link, hardware unicast to clients that have no address
/// yet.
@NullMarked
package dev.coldframe.transport.dhcp;

import org.jspecify.annotations.NullMarked;
