package dev.coldframe.store;

import java.util.Optional;

/// Which installs are this appliance's. Where several share their state, each install is one's
/// alone, from the hello on (row A-05): only that one answers the installer. Any thread.
public interface InstallJobs {
  /// One appliance by itself: every install is its.
  InstallJobs ALONE =
      new InstallJobs() {
        @Override
        public boolean holds(String node) {
          return true;
        }

        @Override
        public Optional<Refusal> take(String node) {
          return Optional.empty();
        }

        @Override
        public void giveUp(String node) {}

        @Override
        public boolean keepsTime() {
          return true;
        }
      };

  /// Where it is not known where the nodes stand: no install is anybody's.
  ///
  /// @param reason why that is not known, in words
  static InstallJobs none(String reason) {
    return new InstallJobs() {
      @Override
      public boolean holds(String node) {
        return false;
      }

      @Override
      public Optional<Refusal> take(String node) {
        return Optional.of(new Refusal(false, reason));
      }

      @Override
      public void giveUp(String node) {}

      @Override
      public boolean keepsTime() {
        return false;
      }
    };
  }

  /// Why an install is not this appliance's.
  ///
  /// @param elsewhere whether another one has it; else nobody can say
  /// @param reason in words, for the journal
  record Refusal(boolean elsewhere, String reason) {}

  /// Whether the install of a node is this appliance's now. Does not block.
  boolean holds(String node);

  /// Makes it this appliance's, unless it is another's. Where it was another's before, all that is
  /// known there of the node is known here before this returns. Blocks, some seconds at most.
  ///
  /// @return why it is not, or empty
  Optional<Refusal> take(String node);

  /// Nothing more is asked of the install. Does not block.
  void giveUp(String node);

  /// Whether this is the one appliance that ends what takes too long and gives power back. Does not
  /// block.
  boolean keepsTime();
}
