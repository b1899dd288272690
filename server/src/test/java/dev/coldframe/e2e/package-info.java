/// Real clients against the real server, in network namespaces that each test makes and removes
/// itself. Tagged `real`: they need root and Debian's client packages, `scripts/e2e` runs them.
@NullMarked
package dev.coldframe.e2e;

import org.jspecify.annotations.NullMarked;
