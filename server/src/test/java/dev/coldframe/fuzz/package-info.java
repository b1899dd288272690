/// Hostile bytes for everything that reads them. Each target is run with its seeds by the fast
/// tests; `scripts/fuzz` looks for more.
@NullMarked
package dev.coldframe.fuzz;

import org.jspecify.annotations.NullMarked;
