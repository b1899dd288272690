/// DHCPv4 messages (RFC 2131, RFC 2132): the first room a packet enters and the last it leaves.
@NullMarked
package dev.coldframe.wire.dhcp;

import org.jspecify.annotations.NullMarked;
