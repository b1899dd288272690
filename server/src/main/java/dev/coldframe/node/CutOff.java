package dev.coldframe.node;

import java.time.Instant;

/// That this appliance decides nothing that several appliances decide together: their database
/// cannot be reached, or is not to be trusted. What is pinned is served meanwhile.
///
/// @param since when that began
/// @param database which one it is, without who logs in
/// @param reason why, to be shown to people
public record CutOff(Instant since, String database, String reason) {
  /// What a request is refused with that has to wait.
  public String refusal() {
    return "the shared database " + database + " cannot be used: " + reason;
  }
}
