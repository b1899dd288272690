/// DNS on real interfaces, over UDP and TCP, all on one loop. What is ours is answered at once;
/// what is not goes through the forwarder and its cache to the site's upstream servers.
@NullMarked
package dev.coldframe.transport.dns;

import org.jspecify.annotations.NullMarked;
