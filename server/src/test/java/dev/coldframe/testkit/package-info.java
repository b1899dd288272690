/// What several tests share: small sites, fakes, virtual time.
@NullMarked
package dev.coldframe.testkit;

import org.jspecify.annotations.NullMarked;
