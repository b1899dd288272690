package dev.coldframe.boot.lint;

import dev.coldframe.boot.lint.UpdateByHand.Sig;
import dev.coldframe.boot.lint.UpdateByHand.Upd;
import dev.coldframe.disk.EepromImage;
import dev.coldframe.node.EepromUpdate;
import dev.coldframe.node.Soc;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/// What to look for in an EEPROM update that is offered (raspberry-pi-boot.md, section 5.3). Boards
/// up to the Pi 3 have no EEPROM and ask for none.
final class UpdateRules {
  private UpdateRules() {}

  /// An update, and to which boards it is offered.
  ///
  /// @param family 4 or 5; empty where the boards are not known
  record Offer(UpdateByHand update, Optional<Integer> family) {
    private boolean isAsked() {
      return family.filter(f -> f < 4).isEmpty();
    }
  }

  static Stream<String> broken(Offer offer) {
    UpdateByHand update = offer.update();
    if (!offer.isAsked()) {
      return Stream.empty();
    }
    String sig = update.path(EepromUpdate.SIGNATURE);
    String upd = update.path(EepromUpdate.IMAGE);
    if (update.sig().isEmpty()) {
      return Stream.of(upd + " has no " + EepromUpdate.SIGNATURE + " beside it");
    }
    if (update.upd().isEmpty()) {
      return Stream.of(sig + " has no " + EepromUpdate.IMAGE + " beside it");
    }
    if (update.upd().get().board().isEmpty()) {
      return Stream.of(upd + " has the size of no board's EEPROM");
    }
    return update.sig().get().sha256().equals(update.upd().get().sha256())
        ? Stream.empty()
        : Stream.of(sig + " holds another hash than that of " + upd);
  }

  static Stream<String> foreign(Offer offer) {
    Optional<EepromImage.Board> board = offer.update().upd().flatMap(Upd::board);
    if (board.isEmpty() || !offer.isAsked()) {
      return Stream.empty();
    }
    int family = family(board.get());
    String upd = offer.update().path(EepromUpdate.IMAGE);
    Optional<String> soc = offer.update().sig().flatMap(Sig::soc);
    Optional<String> own = Soc.ofFamily(family).map(Soc::number);
    if (soc.isPresent() && !soc.equals(own)) {
      return Stream.of(
          upd + " is for a Pi " + family + ", and its pieeprom.sig for BCM" + soc.get());
    }
    return offer.family().filter(other -> other != family).isPresent()
        ? Stream.of(upd + " is for a Pi " + family + " and offered to a Pi " + offer.family().get())
        : Stream.empty();
  }

  private static int family(EepromImage.Board board) {
    return switch (board) {
      case PI4 -> 4;
      case PI5 -> 5;
    };
  }

  static Stream<String> stale(Offer offer) {
    Optional<Sig> sig = offer.update().sig();
    OptionalLong built = offer.update().upd().map(Upd::built).orElse(OptionalLong.empty());
    if (sig.isEmpty() || !offer.isAsked()) {
      return Stream.empty();
    }
    String name = offer.update().path(EepromUpdate.SIGNATURE);
    if (sig.get().ts().isEmpty()) {
      return Stream.of(name + " has no 'ts' and is taken whenever the EEPROM differs from it");
    }
    long ts = sig.get().ts().getAsLong();
    if (built.isPresent() && ts < built.getAsLong()) {
      return Stream.of(
          name + " is of " + day(ts) + ", and the image beside it of " + day(built.getAsLong()));
    }
    OptionalLong brought = offer.update().brought();
    return built.isPresent() && brought.isPresent() && built.getAsLong() < brought.getAsLong()
        ? Stream.of(
            offer.update().path(EepromUpdate.IMAGE)
                + " is of "
                + day(built.getAsLong())
                + ", and the firmware that you brought of "
                + day(brought.getAsLong()))
        : Stream.empty();
  }

  private static String day(long unixSeconds) {
    return Instant.ofEpochSecond(unixSeconds).atOffset(ZoneOffset.UTC).toLocalDate().toString();
  }

  static Stream<String> left(Offer offer) {
    UpdateByHand update = offer.update();
    return update.sig().isPresent() && update.upd().isPresent() && offer.isAsked()
        ? Stream.of("an EEPROM update is offered: " + update.path(EepromUpdate.IMAGE))
        : Stream.empty();
  }
}
