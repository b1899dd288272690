/// The command line: one class a command. Prints and returns exit codes; has no logic.
@NullMarked
package dev.coldframe.cli;

import org.jspecify.annotations.NullMarked;
