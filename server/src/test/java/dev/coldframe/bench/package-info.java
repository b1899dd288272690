/// What the pure core costs, by JMH: codecs, decisions, look-ups, and whether that stays the same
/// as nodes grow in number. `scripts/bench-core` runs it; the fast tests only call each method
/// once.
@NullMarked
package dev.coldframe.bench;

import org.jspecify.annotations.NullMarked;
