package dev.coldframe.node;

/// An operating system image that has been imported and can be booted from.
///
/// @param name what profiles call it
/// @param sha256 64 hex digits of its bytes
/// @param facts what it is
public record OsImage(String name, String sha256, ImageFacts facts) {}
