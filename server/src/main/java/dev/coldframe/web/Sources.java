package dev.coldframe.web;

import dev.coldframe.boot.lint.LintFinding;
import dev.coldframe.store.Chronicle;
import dev.coldframe.store.ConsoleLogs;
import dev.coldframe.store.JournalReader;
import dev.coldframe.store.LeaseStore;
import dev.coldframe.store.Worlds;
import dev.coldframe.store.image.Images;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/// Where the operator plane reads.
///
/// @param findings what is known to fail now; blocks
/// @param counters how often what happened, by `service: reason`
/// @param clock what time it is for people
/// @param started since when the server runs
public record Sources(
    Worlds worlds,
    Chronicle chronicle,
    JournalReader journal,
    ConsoleLogs consoles,
    LeaseStore leases,
    Images images,
    Previews previews,
    Supplier<List<LintFinding>> findings,
    Supplier<Map<String, Long>> counters,
    InstantSource clock,
    Instant started) {}
