/// The domain: what a site, a node, a sighting and a lease are, and how a node lives. Pure: data
/// and time only.
@NullMarked
package dev.coldframe.node;

import org.jspecify.annotations.NullMarked;
