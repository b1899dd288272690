package dev.coldframe.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/// Finds the word that was probably meant.
final class Nearest {
  private Nearest() {}

  /// The candidate with the fewest changed letters, if these are at most a third; ties by the
  /// candidates' order.
  static Optional<String> to(String word, Collection<String> candidates) {
    return candidates.stream()
        .filter(c -> Math.abs(c.length() - word.length()) <= allowed(word, c))
        .filter(c -> distance(word, c) <= allowed(word, c))
        .min(Comparator.comparingInt(c -> distance(word, c)));
  }

  private static int allowed(String word, String candidate) {
    return Math.max(1, Math.max(word.length(), candidate.length()) / 3);
  }

  /// Levenshtein distance without regard to case.
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        boolean same =
            Character.toLowerCase(a.charAt(i - 1)) == Character.toLowerCase(b.charAt(j - 1));
        int changed = diagonal + (same ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(changed, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}
