package dev.coldframe.disk;

import dev.coldframe.net.ByteRange;

/// One partition of a disk.
///
/// @param number counted from 1, as in `mmcblk0p1`
/// @param area where it lies, in bytes
/// @param type for an MBR two hex digits, for a GPT a GUID; both in lower case
/// @param name the GPT's name of it; empty for an MBR
/// @param partUuid how Linux names it in `PARTUUID=`
public record Partition(int number, ByteRange area, String type, String name, String partUuid) {}
