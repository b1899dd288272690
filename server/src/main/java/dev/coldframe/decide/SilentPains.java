package dev.coldframe.decide;

import dev.coldframe.decide.BootDiagnosis.Stage;
import dev.coldframe.decide.BootDiagnosis.Weighed;
import dev.coldframe.decide.BootDiagnosis.Weight;
import java.util.List;

/// A board whose loader does not ask at all (rows 1 to 3 and 22).
final class SilentPains {
  private SilentPains() {}

  static List<Weighed> of(BootAttempt attempt) {
    if (attempt.stage() != Stage.POWER_ON) {
      return List.of();
    }
    boolean before = attempt.everAsked();
    String system =
        attempt.systemSpoke()
            ? "Its system asks for an address, its loader did not: it starts from a disk of its own. "
            : "";
    Weighed gaveUp =
        cause(
            Pain.ROM_GAVE_UP,
            before,
            system
                + "Nothing was heard of the ROM: it may have asked while the switch port was closed or"
                + " the server was down.");
    Weighed otp =
        cause(
            Pain.OTP_BIT,
            !before,
            system + "A Pi 2B or 3B asks the network only after a bit was set in it for good.");
    Weighed order =
        cause(
            Pain.BOOT_ORDER,
            !before,
            system
                + "Its loader never asked: network boot is not in its BOOT_ORDER as it is sold.");
    Weighed reboot =
        cause(
            Pain.REBOOT_FAILS,
            true,
            system + "It has booted from here before; since it was started again it does not ask.");
    Weighed link =
        cause(Pain.NO_LINK, false, system + "Nothing was heard of it, as without a cable.");
    return switch (attempt.family()) {
      case 3 -> List.of(otp, gaveUp);
      case 4, 5 -> before ? List.of(reboot, order) : List.of(order, link);
      default -> List.of(order, otp);
    };
  }

  private static Weighed cause(Pain pain, boolean likely, String words) {
    return new Weighed(pain, likely ? Weight.LIKELY : Weight.POSSIBLE, words);
  }
}
