package dev.coldframe;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// The arrows between the rooms, and what the pure rooms must not touch.
class ArchitectureTest {
  private static final String BASE = "dev.coldframe.";
  private static final Set<String> PURE =
      Set.of("net", "wire", "disk", "node", "boot", "decide", "render");

  /// Room → the rooms it may import; every room may import itself and `net`. `""` is the base
  /// package.
  private static final Map<String, Set<String>> ARROWS =
      Map.ofEntries(
          Map.entry("net", Set.of()),
          Map.entry("wire", Set.of()),
          Map.entry("disk", Set.of()),
          Map.entry("node", Set.of()),
          Map.entry("boot", Set.of("node", "disk")),
          Map.entry("render", Set.of("node", "disk")),
          // disk: whether a disk is blank decides whether it may be written.
          Map.entry("decide", Set.of("wire", "node", "boot", "disk")),
          Map.entry("store", Set.of("node", "wire", "disk")),
          Map.entry("power", Set.of("node")),
          // disk: an installer's chunks are cut from an image with changes over it.
          Map.entry(
              "transport", Set.of("decide", "wire", "node", "boot", "render", "store", "disk")),
          Map.entry("web", Set.of("decide", "node", "boot", "render", "store", "power")),
          Map.entry("rehearse", Set.of()),
          // boot: what is known to fail in a boot tree is written down there once.
          Map.entry("doctor", Set.of("wire", "node", "store", "boot")),
          // wire: extra DHCP options are encoded when the file is read, so that their errors carry
          // a line.
          Map.entry("config", Set.of("node", "wire")),
          // node: a loaded site is handed from the config file to the appliance.
          // rehearse, doctor: their results are shown.
          Map.entry("cli", Set.of("config", "node", "rehearse", "doctor", "")));

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.coldframe");

  @Test
  void importsFollowTheArrows() {
    ArchRuleDefinition.classes().should(followTheArrows()).check(CLASSES);
  }

  @Test
  void pureRoomsTouchNoChannelFileClockOrLogger() {
    String[] pure = PURE.stream().map(room -> BASE + room + "..").toArray(String[]::new);
    noClasses()
        .that()
        .resideInAnyPackage(pure)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.netty..", "java.nio.file..", "java.nio.channels..", "java.sql..", "org.slf4j..")
        .check(CLASSES);
    noClasses()
        .that()
        .resideInAnyPackage(pure)
        .should()
        .dependOnClassesThat()
        .areAssignableTo(Clock.class)
        .orShould()
        .callMethod(Instant.class, "now")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(System.class, "nanoTime")
        .check(CLASSES);
  }

  private static ArchCondition<JavaClass> followTheArrows() {
    return new ArchCondition<>("import only the rooms that their own room may know") {
      @Override
      public void check(JavaClass from, ConditionEvents events) {
        violations(from).forEach(v -> events.add(SimpleConditionEvent.violated(from, v)));
      }
    };
  }

  private static List<String> violations(JavaClass from) {
    String room = roomOf(from);
    var out = new ArrayList<String>();
    if (room.isEmpty()) {
      return out;
    }
    Set<String> allowed = ARROWS.get(room);
    if (allowed == null) {
      out.add(from.getName() + " stands in the unknown room " + room);
      return out;
    }
    from.getDirectDependenciesFromSelf().stream()
        .filter(d -> d.getTargetClass().getPackageName().startsWith("dev.coldframe"))
        .forEach(d -> {
          String to = roomOf(d.getTargetClass());
          if (!to.equals(room) && !to.equals("net") && !allowed.contains(to)) {
            out.add(d.getDescription());
          }
        });
    return out;
  }

  private static String roomOf(JavaClass c) {
    String name = c.getPackageName();
    if (name.length() < BASE.length()) {
      return "";
    }
    String rest = name.substring(BASE.length());
    int dot = rest.indexOf('.');
    return dot < 0 ? rest : rest.substring(0, dot);
  }
}
