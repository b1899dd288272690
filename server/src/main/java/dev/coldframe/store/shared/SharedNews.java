package dev.coldframe.store.shared;

import java.util.List;

/// Who wants to hear what the other appliances have written. Called on the feed's thread, and on
/// the writer's where a lease was not taken as it was asked.
public interface SharedNews {
  /// Nobody does: what is read is kept, and found there by who starts later.
  SharedNews NOBODY =
      new SharedNews() {
        @Override
        public void leases(List<SharedLease> leases) {}

        @Override
        public void nodes() {}
      };

  /// Leases have changed. By the time they are put into a book, newer ones may have been written
  /// here: [SharedLeaseStore#isLatest] tells.
  void leases(List<SharedLease> leases);

  /// What is known of nodes has changed, and the store has it.
  void nodes();
}
