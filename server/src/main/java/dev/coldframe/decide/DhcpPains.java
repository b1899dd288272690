package dev.coldframe.decide;

import static dev.coldframe.decide.BootAttempt.field;
import static dev.coldframe.decide.BootAttempt.isLoader;
import static dev.coldframe.decide.BootAttempt.isStage;

import dev.coldframe.decide.BootDiagnosis.Stage;
import dev.coldframe.decide.BootDiagnosis.Weighed;
import dev.coldframe.decide.BootDiagnosis.Weight;
import dev.coldframe.node.EventType;
import dev.coldframe.node.JournalEvent;
import dev.coldframe.node.Sighting;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A board that asks for an address and gets, or takes, none (rows 3 to 8 and 23).
final class DhcpPains {
  private final BootAttempt attempt;
  private final List<Weighed> out = new ArrayList<>();

  private DhcpPains(BootAttempt attempt) {
    this.attempt = attempt;
  }

  static List<Weighed> of(BootAttempt attempt) {
    var it = new DhcpPains(attempt);
    if (attempt.stage() == Stage.DHCP || attempt.stage() == Stage.FILES) {
      it.twoBoards();
      it.otherServer();
    }
    if (attempt.stage() == Stage.DHCP) {
      it.refused();
      it.unanswered();
      attempt
          .lastWithout(EventType.DHCP_OFFERED, EventType.DHCP_ACKNOWLEDGED)
          .ifPresent(it::notTaken);
    }
    return it.out;
  }

  private void add(Pain pain, Weight weight, String words) {
    out.add(new Weighed(pain, weight, words));
  }

  /// Only loaders: an installed system may have another card.
  private void twoBoards() {
    List<String> macs =
        attempt.events().stream()
            .filter(e -> isLoader(e) && e.type() != EventType.SEEN)
            .map(e -> field(e, "mac"))
            .distinct()
            .toList();
    if (macs.size() > 1) {
      add(
          Pain.SAME_ADDRESS,
          Weight.SEEN,
          "Two boards ask as this node and get its address: " + String.join(" and ", macs) + ".");
    }
    attempt
        .lastWithout(EventType.DHCP_DECLINED, EventType.DHCP_ACKNOWLEDGED)
        .ifPresent(e ->
            add(
                Pain.SAME_ADDRESS,
                Weight.SEEN,
                "The board found another machine at " + field(e, "address") + "."));
  }

  private void otherServer() {
    attempt
        .lastWithout(EventType.DHCP_LOST, EventType.DHCP_ACKNOWLEDGED)
        .ifPresent(e -> {
          String server = field(e, "server");
          add(
              Pain.OTHER_FILE_SERVER,
              Weight.SEEN,
              "The board took the offer of another DHCP server, "
                  + server
                  + ", and looks for its files where that one says.");
          add(
              Pain.NO_MENU,
              Weight.SEEN,
              "The offer of " + server + " may lack what the board looks for in option 43.");
        });
  }

  private void refused() {
    attempt
        .lastWithout(EventType.DHCP_REFUSED, EventType.DHCP_ACKNOWLEDGED, EventType.DHCP_OFFERED)
        .ifPresent(e ->
            add(
                Pain.UNANSWERED,
                Weight.SEEN,
                "Its request for "
                    + field(e, "address")
                    + " was refused: "
                    + field(e, "reason")
                    + "."));
  }

  private void unanswered() {
    Optional<JournalEvent> seen =
        attempt
            .lastWithout(EventType.SEEN, EventType.DHCP_OFFERED, EventType.DHCP_ACKNOWLEDGED)
            .filter(e -> !field(e, "reason").isEmpty());
    if (seen.isEmpty()) {
      return;
    }
    String reason = field(seen.get(), "reason");
    Pain pain = reason.contains("in use by another") ? Pain.SAME_ADDRESS : Pain.UNANSWERED;
    if (isStage(seen.get(), Sighting.Stage.PI_ROM)) {
      add(
          Pain.ROM_GAVE_UP,
          Weight.LIKELY,
          "The ROM asked and was not answered in the 25 seconds that it has: " + reason + ".");
    }
    add(pain, Weight.LIKELY, "A request of its loader was not answered: " + reason + ".");
  }

  private void notTaken(JournalEvent offer) {
    long offers = attempt.all(EventType.DHCP_OFFERED).size();
    String prefix =
        offers == 1
            ? "It did not take our offer"
            : "It took none of our offers (" + offers + " in the journal)";
    if (isStage(offer, Sighting.Stage.FIRMWARE)) {
      if (field(offer, Identify.LOOKS_LIKE).equals("pi")) {
        add(
            Pain.TAKEN_FOR_PC,
            Weight.LIKELY,
            prefix
                + ": it asks as a Pi does, from an address that is not Raspberry Pi's, and was"
                + " answered as the PC that it claims to be (architecture 0).");
      }
      return;
    }
    if (!offer.fields().containsKey("address")) {
      add(
          Pain.PROXY_ALONE,
          Weight.LIKELY,
          prefix + ": they hold no address, and no other server seems to give it one.");
    }
    boolean eeprom = isStage(offer, Sighting.Stage.PI_EEPROM);
    if (eeprom && offer.fields().containsKey("relay")) {
      add(Pain.OLD_LOADER_BEHIND_RELAY, Weight.LIKELY, prefix + ", which came through a relay.");
    }
    if (eeprom) {
      eeprom(prefix);
    } else {
      rom(prefix);
    }
  }

  private void eeprom(String prefix) {
    Optional<String> foreign = attempt.foreignServer();
    add(
        Pain.NO_MENU,
        Weight.LIKELY,
        prefix
            + foreign
                .map(s -> "; another DHCP server, " + s + ", answers on the link")
                .orElse("; on its way the offer may be lost or changed")
            + ".");
    if (foreign.isPresent()) {
      add(
          Pain.TAKEN_FOR_PC,
          Weight.POSSIBLE,
          "A PXE rule of " + foreign.get() + " for PCs may answer the board.");
    } else {
      add(Pain.DATA_BLOCKED, Weight.POSSIBLE, "Our answers may not reach the board at all.");
    }
  }

  private void rom(String prefix) {
    add(
        Pain.ROM_TAKES_NO_OFFER,
        Weight.LIKELY,
        prefix
            + ": the network interface of a Pi 3 may hold back the last packet, and its ROM bears no"
            + " relay.");
    add(
        Pain.ROM_GAVE_UP,
        Weight.POSSIBLE,
        "After five questions the ROM is silent until it is switched off and on.");
  }
}
