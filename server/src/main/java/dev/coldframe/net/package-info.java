/// Value types without behaviour beyond their own meaning: addresses, serials, byte strings. Pure.
@NullMarked
package dev.coldframe.net;

import org.jspecify.annotations.NullMarked;
