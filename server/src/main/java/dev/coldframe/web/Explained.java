package dev.coldframe.web;

import dev.coldframe.decide.BootDiagnosis;
import dev.coldframe.decide.BootEvidence;
import dev.coldframe.decide.EepromDecisions;
import dev.coldframe.decide.Explanation;
import dev.coldframe.node.BootState;
import dev.coldframe.node.HealthSample;
import dev.coldframe.node.JournalEvent;
import dev.coldframe.node.Network;
import dev.coldframe.node.Node;
import dev.coldframe.node.World;
import dev.coldframe.store.JournalReader;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What `explain` and the page say of a board: why it is answered as it is, where its last boot
/// stands, and what most likely keeps it there.
///
/// @param subject as it was asked for
/// @param sentences why it is answered as it is
/// @param boot its last boot
public record Explained(String subject, List<String> sentences, BootDiagnosis.Result boot) {
  /// More than a boot leaves, with a few before it.
  private static final int EVENTS = 2_000;

  private static final int LINK_EVENTS = 200;

  public Explained {
    sentences = List.copyOf(sentences);
  }

  /// Makes a node's boot tree.
  @FunctionalInterface
  public interface Trees {
    /// What a node is served, as far as it may keep its board from booting.
    BootEvidence.Tree of(BootEvidence evidence);
  }

  /// Explains. Blocks.
  ///
  /// @param subject a node's name or a hardware address
  /// @param states where every subject of the journal stands
  /// @param journal empty where there is none yet
  public static Explained of(
      String subject,
      World world,
      Map<String, BootState> states,
      Optional<JournalReader> journal,
      Trees trees,
      Instant now) {
    String known = Explanation.nodeOf(subject, world).map(Node::name).orElse(subject);
    Optional<BootState> state = Optional.ofNullable(states.get(known));
    List<JournalEvent> events = events(journal, known, EVENTS);
    var link = new ArrayList<JournalEvent>();
    for (Network network : world.site().networks()) {
      link.addAll(events(journal, JournalEvent.ofLink(network.interfaceName()), LINK_EVENTS));
    }
    BootEvidence evidence =
        BootEvidence.of(subject, world, state, events, link, now)
            .reported(
                journal.flatMap(reader ->
                    reader.health(known, Instant.EPOCH, 1).stream()
                        .map(HealthSample::at)
                        .findFirst()));
    var sentences = new ArrayList<String>(Explanation.of(subject, world, state, events, link, now));
    evidence
        .node()
        .flatMap(node -> EepromDecisions.sentence(node, world, states))
        .ifPresent(sentences::add);
    return new Explained(subject, sentences, BootDiagnosis.of(evidence, () -> trees.of(evidence)));
  }

  private static List<JournalEvent> events(
      Optional<JournalReader> journal, String subject, int limit) {
    return journal
        .map(reader -> reader.events(Optional.of(subject), 0, limit))
        .orElse(List.of())
        .stream()
        .map(JournalReader.Entry::event)
        .toList();
  }

  /// As the API shows it.
  public ObjectNode json() {
    ObjectNode out = JsonMapper.shared().createObjectNode().put("subject", subject);
    ArrayNode lines = out.putArray("explanation");
    sentences.forEach(lines::add);
    out.put("stage", boot.stage().label());
    out.put("standing", boot.standing().label());
    out.put("words", boot.words());
    ArrayNode causes = out.putArray("causes");
    for (BootDiagnosis.Cause cause : boot.causes()) {
      ObjectNode row = causes.addObject();
      if (cause.row() == 0) {
        row.putNull("row");
      } else {
        row.put("row", cause.row());
      }
      row.put("key", cause.key())
          .put("words", cause.words())
          .put("remedy", cause.remedy())
          .put("source", cause.source());
    }
    return out;
  }
}
