/// Multicast DNS: what this appliance says of itself on a link ([MdnsResponder]), what it hears
/// others say ([HeardNames]), and what that means for the nodes ([NameFindings]).
@NullMarked
package dev.coldframe.decide.mdns;

import org.jspecify.annotations.NullMarked;
