package dev.coldframe.node;

import java.time.Instant;

/// An operating system image that has been imported and can be booted from.
///
/// @param name what profiles call it
/// @param sha256 64 hex digits of its bytes
/// @param facts what it is
/// @param imported when it was taken in
public record OsImage(String name, String sha256, ImageFacts facts, Instant imported) {}
