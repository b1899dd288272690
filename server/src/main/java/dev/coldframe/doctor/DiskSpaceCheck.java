package dev.coldframe.doctor;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/// Whether the state folder's disk has room. On a full one nothing dynamic is acknowledged.
final class DiskSpaceCheck {
  static final String NAME = "disk";

  /// Leases and the journal of a large rack stay below.
  static final long LEAST_BYTES = 64L << 20;

  /// An image that is imported takes so much.
  static final long COMFORTABLE_BYTES = 4L << 30;

  private DiskSpaceCheck() {}

  /// @param freeBytes what this user may still write
  /// @param images whether nodes boot imported images
  record Seen(Path folder, long freeBytes, long totalBytes, boolean images) {}

  static Seen look(Patient patient) throws IOException {
    Path folder = StateFolderCheck.existing(patient.state());
    FileStore disk = Files.getFileStore(folder);
    return new Seen(
        patient.state(),
        disk.getUsableSpace(),
        disk.getTotalSpace(),
        patient.site().profiles().values().stream().anyMatch(p -> p.image().isPresent()));
  }

  static Examined judge(Seen seen) {
    String room = size(seen.freeBytes()) + " of " + size(seen.totalBytes()) + " are free";
    if (seen.freeBytes() < LEAST_BYTES) {
      return new Examined(
          NAME,
          room,
          List.of(
              Finding.error(
                  "disk-full",
                  seen.folder().toString(),
                  "The disk of the state folder "
                      + seen.folder()
                      + " is nearly full: "
                      + room
                      + ". When it is full, no new address is acknowledged and the journal loses"
                      + " lines.",
                  "Make room ('coldframe image list' shows what images take), or move the folder"
                      + " and name it with --state.")));
    }
    if (seen.images() && seen.freeBytes() < COMFORTABLE_BYTES) {
      return new Examined(
          NAME,
          room,
          List.of(
              Finding.note(
                  "disk-small",
                  seen.folder().toString(),
                  "There is no room to import another image: " + room + ".",
                  "'coldframe image list' shows what images take.")));
    }
    return new Examined(NAME, room, List.of());
  }

  private static String size(long bytes) {
    return bytes < 10L << 30
        ? (bytes >> 20) + " MiB"
        : String.format(Locale.ROOT, "%,d GiB", bytes >> 30);
  }
}
