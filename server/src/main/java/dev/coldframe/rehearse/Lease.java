package dev.coldframe.rehearse;

import dev.coldframe.net.Ip4;

/// What a DHCP exchange gave.
///
/// @param address the board's address
/// @param server the server that gave it, option 54
/// @param tftp where this stage takes its files from
record Lease(Ip4 address, Ip4 server, Ip4 tftp) {}
