package dev.coldframe.node;

/// A serial port of this machine that carries the console of a node: a USB adapter on a Pi's GPIO
/// pins, or a board's own port.
///
/// @param node the name of the node; one that is not in the inventory yet may be adopted under it
/// @param device the whole path of the device, such as `/dev/serial/by-id/usb-FTDI_…`
/// @param speed in bits a second, with 8 data bits, no parity, one stop bit
public record SerialConsole(String node, String device, int speed) {}
