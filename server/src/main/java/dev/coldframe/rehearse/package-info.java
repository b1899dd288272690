/// Virtual Raspberry Pis that boot over real sockets, for `coldframe rehearse` and for the tests.
///
/// They know the boards from the reference alone: their packets are golden bytes with a few fields
/// patched, and they read replies with readers of their own. Nothing of `wire` or `decide` is used
/// here, so that a virtual board can disagree with the server, as a real one would.
///
///     power on ─▶ firmware stages: DHCP, then TFTP in the board's own order ─▶ kernel
///              ─▶ initramfs: DHCP, hello, seed, report ─▶ system: DHCP, report
///
/// A board with a card looks there first; its initramfs writes it as the server's plan says, and
/// its system knows what lies on it.
@NullMarked
package dev.coldframe.rehearse;

import org.jspecify.annotations.NullMarked;
