package dev.coldframe.cli;

import dev.coldframe.Listings;
import java.io.PrintWriter;

/// Says beside a listing that it lacks what a damaged journal held.
final class JournalNote {
  private JournalNote() {}

  /// Says so where it does; else nothing.
  static void print(Listings listings, PrintWriter err) {
    listings.trouble().ifPresent(text -> err.println("note: " + Table.clean(text)));
    err.flush();
  }
}
