package dev.coldframe.config;

import java.nio.file.Path;

/// What the config file is checked against besides itself.
///
/// @param stateFolder where the appliance keeps its state; must not lie in a served folder
/// @param loopback whether 127/8 may be served, for tests and rehearsal
public record LoadOptions(Path stateFolder, boolean loopback) {}
