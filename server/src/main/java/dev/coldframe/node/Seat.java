package dev.coldframe.node;

import dev.coldframe.net.MacAddress;

/// At which port of a switch a hardware address was heard.
///
/// @param through the switch's name
/// @param port the port's name there
public record Seat(MacAddress mac, String through, String port) {}
