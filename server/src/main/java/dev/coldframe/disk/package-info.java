/// Disk formats, pure: partition tables, FAT volumes, which blocks of an image hold data. Bytes
/// come through a [dev.coldframe.disk.ByteSource]. Images come from anywhere: what is wrong with
/// one is a [dev.coldframe.disk.Parsed.Bad] with a name, never an exception, and no loop runs
/// further than a limit says.
@NullMarked
package dev.coldframe.disk;

import org.jspecify.annotations.NullMarked;
