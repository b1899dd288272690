/// Decisions: which machine is speaking, and what it is answered. One class per protocol, sealed
/// outcomes beside it. Pure.
@NullMarked
package dev.coldframe.decide;

import org.jspecify.annotations.NullMarked;
