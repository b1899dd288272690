package dev.coldframe.node;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/// A disk that a node was installed on. Cards die; who must be replaced too often is seen by this.
///
/// @param id by [Disk#id]; an SD card's CID
/// @param model what it calls itself; may be empty
/// @param since when it was written first
/// @param installs how often an install began to write it
/// @param failures how often its installer reported that it could not be written, or read back
///   differently
public record Card(String id, String model, Instant since, int installs, int failures) {
  /// As many as a node shows.
  static final int MAX_CARDS = 8;

  /// An install begins to write a card: it is the first of the list from now on.
  static List<Card> written(List<Card> cards, String id, String model, Instant now) {
    Card known =
        cards.stream()
            .filter(card -> card.id.equals(id))
            .findFirst()
            .orElse(new Card(id, model, now, 0, 0));
    var out = new ArrayList<Card>();
    out.add(new Card(id, model, known.since, known.installs + 1, known.failures));
    cards.stream().filter(card -> !card.id.equals(id)).limit(MAX_CARDS - 1L).forEach(out::add);
    return out;
  }

  /// A card failed.
  static List<Card> failed(List<Card> cards, String id) {
    UnaryOperator<Card> count =
        card ->
            card.id.equals(id)
                ? new Card(id, card.model, card.since, card.installs, card.failures + 1)
                : card;
    return cards.stream().map(count).toList();
  }
}
