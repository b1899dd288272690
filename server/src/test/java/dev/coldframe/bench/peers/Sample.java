package dev.coldframe.bench.peers;

/// One number of one run.
///
/// @param caseId of the [Case]
/// @param server the peer's name
/// @param metric what it is
/// @param value in the metric's unit
record Sample(String caseId, String server, Metric metric, double value) {}
