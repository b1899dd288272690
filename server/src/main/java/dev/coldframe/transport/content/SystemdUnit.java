package dev.coldframe.transport.content;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What `systemctl enable` would make of a unit file: links by which targets want it.
final class SystemdUnit {
  private static final String FOLDER = "etc/systemd/system/";
  private static final Pattern UNIT = Pattern.compile(FOLDER + "([^/]+\\.(?:service|timer))");
  private static final Pattern TARGET = Pattern.compile("[A-Za-z0-9@:_.-]+");

  private SystemdUnit() {}

  /// The links for a file of the root; none when it is no unit, or has no `WantedBy=`.
  static List<RootFile> links(RootFile file) {
    var out = new ArrayList<RootFile>();
    Matcher unit = UNIT.matcher(file.path());
    if (unit.matches() && file.kind() instanceof RootFile.Kind.Content(var bytes)) {
      for (String target : wantedBy(bytes.text(StandardCharsets.UTF_8))) {
        out.add(
            new RootFile(
                FOLDER + target + ".wants/" + unit.group(1),
                0777,
                new RootFile.Kind.Link("../" + unit.group(1))));
      }
    }
    return out;
  }

  private static List<String> wantedBy(String text) {
    var out = new ArrayList<String>();
    String section = "";
    for (String line : text.lines().map(String::strip).toList()) {
      if (line.startsWith("[")) {
        section = line;
      } else if (section.equals("[Install]") && line.startsWith("WantedBy=")) {
        for (String target : line.substring("WantedBy=".length()).split("\\s+", -1)) {
          if (TARGET.matcher(target).matches()) {
            out.add(target);
          }
        }
      }
    }
    return out;
  }
}
