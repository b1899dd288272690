/// Coldframe: one process that takes a freshly powered board from its first DHCP packet to a ready
/// node.
///
/// `Main` is the command line, `Coldframe` the composition root; every other room has one job and
/// says so in its own `package-info`.
@NullMarked
package dev.coldframe;

import org.jspecify.annotations.NullMarked;
