/// What is known to fail, before anything boots: each row of [Lint] looks at a site or at what one
/// of its nodes would be served, and has its reason, its remedy and its source. `check`, `doctor`,
/// the API and the page tell the same list.
@NullMarked
package dev.coldframe.boot.lint;

import org.jspecify.annotations.NullMarked;
