/// What an installer in a node's initramfs sends: lines of text, fields apart by tabs, because all
/// it has is a shell. What it gets is decided and written in `decide`.
@NullMarked
package dev.coldframe.wire.install;

import org.jspecify.annotations.NullMarked;
