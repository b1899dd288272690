/// What switches nodes on and off: one driver a file. A driver speaks and tells what it saw; which
/// port is a node's, and whether it may be switched now, is decided in `decide`. Nothing here is
/// loaded before the first question.
///
/// A driver first looks and then switches, and looks again. An answer that is cut short, a wrong
/// password or silence is a [dev.coldframe.power.PowerException]: at the first look nothing was
/// changed; once an order was on its way the message says that what became of it is not known.
@NullMarked
package dev.coldframe.power;

import org.jspecify.annotations.NullMarked;
