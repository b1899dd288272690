package dev.coldframe.rehearse;

import java.io.IOException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How a loader looks for an update of its EEPROM and takes it (reference, sections 4.2 and 5.3).
final class SelfUpdate {
  private static final String SIGNATURE = "pieeprom.sig";
  private static final String IMAGE = "pieeprom.upd";
  private static final Pattern HASH = Pattern.compile("^([0-9a-f]{64})$", Pattern.MULTILINE);
  private static final Pattern TIMESTAMP =
      Pattern.compile("^ts: ([0-9]{1,18})$", Pattern.MULTILINE);
  private static final Pattern SOC = Pattern.compile("^target-soc: (\\S+)$", Pattern.MULTILINE);
  private static final int PI_4_BYTES = 512 << 10;
  private static final int PI_5_BYTES = 2 << 20;

  private final Loader loader;
  private final VirtualEeprom eeprom;
  private final boolean five;

  SelfUpdate(Loader loader, VirtualEeprom eeprom) {
    this.loader = loader;
    this.eeprom = eeprom;
    this.five = loader.bench().spec().model().family() == 5;
  }

  /// Looks for one.
  ///
  /// @return whether the board was written and restarts
  boolean run() throws IOException, InterruptedException, BootFailure {
    Optional<String> text = loader.text(SIGNATURE);
    if (text.isEmpty()) {
      return false;
    }
    Matcher hash = HASH.matcher(text.get());
    if (!hash.find() || hash.start() != 0) {
      return ignored("does not begin with a hash");
    }
    Matcher soc = SOC.matcher(text.get());
    if (soc.find() && !soc.group(1).equals(five ? "2712" : "2711")) {
      return ignored("is for a " + soc.group(1));
    }
    Matcher timestamp = TIMESTAMP.matcher(text.get());
    // Without a timestamp whatever differs is taken.
    long dated = timestamp.find() ? Long.parseLong(timestamp.group(1)) : Long.MAX_VALUE;
    if (dated <= eeprom.updated()) {
      return false;
    }
    return flash(hash.group(1), dated);
  }

  private boolean flash(String hash, long dated)
      throws IOException, InterruptedException, BootFailure {
    Optional<Transfer.Answer.Loaded> image = loader.load(IMAGE);
    if (image.isEmpty()) {
      return ignored("is there, but no " + IMAGE);
    }
    BootResult.LoadedFile file = image.get().file();
    if (!file.sha256().equals(hash)) {
      return ignored("names another hash than that of " + IMAGE);
    }
    if (file.bytes() != (five ? PI_5_BYTES : PI_4_BYTES)) {
      return ignored(
          "goes with an " + IMAGE + " of " + file.bytes() + " bytes, which no EEPROM has");
    }
    if (hash.equals(eeprom.sha256())) {
      return false;
    }
    eeprom.flash(hash, dated == Long.MAX_VALUE ? 0 : dated);
    if (eeprom.dead()) {
      throw new BootFailure("the board stays dark after the update of its EEPROM");
    }
    return true;
  }

  private boolean ignored(String why) {
    loader.bench().diary().remark(SIGNATURE + " " + why + ": the update is ignored");
    return false;
  }
}
