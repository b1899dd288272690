package dev.coldframe.config;

/// A value that was read, and where it stands: for checks that look at several sections.
record Placed<T>(Place place, T value) {}
