/// The boot tree: what one node sees under each path, and where every byte of it comes from. Pure.
@NullMarked
package dev.coldframe.boot;

import org.jspecify.annotations.NullMarked;
