/// Opens what the boot tree names: files, rendered templates. Blocking; callers run it on virtual
/// threads.
@NullMarked
package dev.coldframe.transport.content;

import org.jspecify.annotations.NullMarked;
