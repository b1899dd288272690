/// `coldframe doctor`: looks at this machine, its links and the running server for what keeps
/// boards from booting. One check per file: what it looks at, what it found, how to mend it.
///
/// In each of them `look` gathers and `judge` decides; a judgement is a function of what was seen.
@NullMarked
package dev.coldframe.doctor;

import org.jspecify.annotations.NullMarked;
