package dev.coldframe.rehearse;

import dev.coldframe.net.Bytes;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;

/// What `templates/installer/coldframe/install.tmpl` does, on a virtual disk: shows it, shows the
/// parts of it that are asked for, and carries out the plan line by line.
final class Installer {
  private static final int ANSWERS = 200;
  private static final int TRIES = 5;
  private static final long NANOS = 1_000_000_000L;

  private final Bench bench;
  private final VirtualDisk disk;
  private final PlainHttp http;
  private final PlainHttp.Place server;
  private final String folder;
  private boolean goesOn;

  /// @param folder where the server said that the installer asks
  Installer(Bench bench, VirtualDisk disk, PlainHttp http, PlainHttp.Place server, String folder) {
    this.bench = bench;
    this.disk = disk;
    this.http = http;
    this.server = server;
    this.folder = folder;
  }

  /// Runs until the disk is written.
  ///
  /// @return false when the server says that the system is on the disk already
  boolean run() throws IOException, InterruptedException, BootFailure {
    String told = show();
    for (int i = 0; i < ANSWERS; i++) {
      String verb = told.split("[ \n]", 2)[0];
      switch (verb) {
        case "read" -> told = post("sectors", sectors(told));
        case "wait" -> {
          Thread.sleep(bench.pace().of(Duration.ofSeconds(number(told.split(" ", -1)[1]))));
          told = show();
        }
        case "again" -> told = show();
        case "reboot" -> {
          return false;
        }
        case "write" -> {
          write();
          return true;
        }
        default -> throw new BootFailure("the installer was told '" + told.strip() + "'");
      }
    }
    throw new BootFailure("the installer was told nothing final in " + ANSWERS + " answers");
  }

  private String show() throws IOException, BootFailure {
    return post(
        "disks",
        String.join(
            "\t",
            "disk",
            VirtualDisk.DEVICE,
            Long.toString(disk.sizeBytes()),
            "0",
            disk.model(),
            disk.number(),
            "\n"));
  }

  private String sectors(String told) throws IOException, BootFailure {
    var out = new StringBuilder();
    for (String line : told.strip().split("\n", -1)) {
      String[] words = line.split(" ", -1);
      if (words.length != 4 || !words[1].equals(VirtualDisk.DEVICE)) {
        throw new BootFailure("the installer was asked for '" + line + "'");
      }
      byte[] part = disk.read(number(words[2]), (int) number(words[3]));
      out.append("sectors\t" + words[1] + "\t" + words[2] + "\t");
      out.append(Base64.getEncoder().encodeToString(part)).append('\n');
    }
    return out.toString();
  }

  private String post(String part, String text) throws IOException, BootFailure {
    PlainHttp.Answer answer = http.post(server.at(folder + part), text);
    if (answer.status() != 200) {
      throw new BootFailure("the installer's " + part + " were answered " + answer.status());
    }
    return answer.body();
  }

  private Bytes fetch(String part) throws IOException, BootFailure {
    PlainHttp.Answer answer = http.get(server.at(folder + part));
    if (answer.status() != 200) {
      throw new BootFailure(
          part + " was answered " + answer.status() + " " + answer.body().strip());
    }
    return answer.content();
  }

  private void write() throws IOException, InterruptedException, BootFailure {
    String plan = http.get(server.at(folder + "plan")).body();
    if (!plan.endsWith("\nend\n")) {
      throw new BootFailure("the plan has no end");
    }
    for (String line : plan.split("\n", -1)) {
      String[] words = line.split(" ", -1);
      switch (words[0]) {
        case "disk" -> goesOn = words[2].equals("1");
        case "zero" -> zero(number(words[1]), number(words[2]));
        case "mark" ->
            disk.write(number(words[1]), Bytes.wrap(Base64.getDecoder().decode(words[2])));
        case "chunk" -> chunk(words[1], number(words[2]), (int) number(words[3]), words[4]);
        case "run" -> run(words[1] + "/" + words[2], number(words[3]), (int) number(words[4]));
        case "empty" -> zero(number(words[1]), number(words[2]));
        case "verify" -> verify(words[1], number(words[2]), (int) number(words[3]), words[4]);
        case "root" -> disk.unpack(fetch("root"));
        case "head" -> head(words[1]);
        case "say", "read", "end", "" -> {}
        default -> throw new BootFailure("the plan says '" + line + "'");
      }
    }
  }

  private void chunk(String index, long at, int length, String hash)
      throws IOException, InterruptedException, BootFailure {
    if (goesOn && holds(at, length, hash)) {
      return;
    }
    for (int i = 0; i < TRIES; i++) {
      Bytes bytes = fetch("chunk/" + index);
      if (bytes.size() == length && sha256(bytes.toArray()).equals(hash)) {
        disk.write(at, bytes);
        Thread.sleep(Duration.ofNanos(length * NANOS / disk.bytesPerSecond()));
        return;
      }
    }
    throw new BootFailure("chunk " + index + " came damaged " + TRIES + " times");
  }

  private void run(String numbers, long at, int length)
      throws IOException, InterruptedException, BootFailure {
    for (int i = 0; i < TRIES; i++) {
      Bytes bytes = fetch("run/" + numbers);
      if (bytes.size() == length) {
        disk.write(at, bytes);
        Thread.sleep(Duration.ofNanos(length * NANOS / disk.bytesPerSecond()));
        return;
      }
    }
    throw new BootFailure("run " + numbers + " came cut off " + TRIES + " times");
  }

  /// What came damaged in a run comes once more by itself.
  private void verify(String index, long at, int length, String hash)
      throws IOException, InterruptedException, BootFailure {
    if (hash.equals("empty")) {
      if (!Arrays.equals(disk.read(at, length), new byte[length])) {
        throw new BootFailure("chunk " + index + " is not empty");
      }
    } else if (!holds(at, length, hash)) {
      goesOn = false;
      chunk(index, at, length, hash);
      if (!holds(at, length, hash)) {
        throw new BootFailure("chunk " + index + " reads back differently");
      }
    }
  }

  private void zero(long at, long length) throws IOException {
    int part = (int) Math.min(length, 1 << 20);
    Bytes zeros = Bytes.wrap(new byte[part]);
    for (long done = 0; done < length; done += part) {
      int now = (int) Math.min(part, length - done);
      if (!Arrays.equals(disk.read(at + done, now), new byte[now])) {
        disk.write(at + done, zeros.slice(0, now));
      }
    }
  }

  private void head(String hash) throws IOException, BootFailure {
    Bytes head = fetch("head");
    if (!sha256(head.toArray()).equals(hash)) {
      throw new BootFailure("the boot record came damaged");
    }
    disk.write(0, head);
  }

  private boolean holds(long at, int length, String hash) throws IOException {
    return sha256(disk.read(at, length)).equals(hash);
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static long number(String word) throws BootFailure {
    return Optional.of(word)
        .filter(w -> w.matches("\\d{1,18}"))
        .map(Long::parseLong)
        .orElseThrow(() -> new BootFailure("'" + word + "' is no number"));
  }
}
