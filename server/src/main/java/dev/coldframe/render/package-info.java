/// Templates: a template and a node's facts become text. Strict: a name that is not there is an
/// error, and so is a value that the target format cannot hold. Pure: sources are handed in.
@NullMarked
package dev.coldframe.render;

import org.jspecify.annotations.NullMarked;
