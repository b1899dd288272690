package dev.coldframe.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class BackgroundTest {
  /// Fields 19 and 41; the first behind the name is 3 (proc(5)).
  private static final int NICE = 16;

  private static final int POLICY = 38;
  private static final int USUAL = 0;
  private static final int IDLE = 5;

  private static final int LAST = 19;

  /// A process of its own: the threads of this one are to stay as they are.
  static final class Child {
    private Child() {}

    /// Prints what the kernel knows of each thread.
    public static void main(String[] args) throws IOException {
      System.out.println(Background.comesBack());
      System.out.println();
      Background.compilerGets(Background.Share.NONE);
      print();
      System.out.println();
      Background.compilerGets(Background.Share.EQUAL);
      var own = new CompletableFuture<Void>();
      Thread.ofPlatform()
          .name("journal")
          .start(() -> {
            Background.standBack();
            own.complete(null);
            try {
              Thread.sleep(10_000);
            } catch (InterruptedException _) {
              Thread.currentThread().interrupt();
            }
          });
      own.join();
      print();
      System.out.flush();
      Runtime.getRuntime().halt(0);
    }

    private static void print() throws IOException {
      try (Stream<Path> threads = Files.list(Path.of("/proc/self/task"))) {
        for (Path thread : threads.toList()) {
          System.out.println(Files.readString(thread.resolve("stat")).strip());
        }
      }
    }
  }

  @Test
  void theOptimisingCompilerAndTheJournalStandBackAndNobodyElse() throws IOException {
    Process child =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElse("java"),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Child.class.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String said = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    String[] parts = said.split("\n\n", -1);
    // Where nothing could bring it back, it stays.
    boolean may = Boolean.parseBoolean(parts[0]);
    assertThat(of(POLICY, parts[1]))
        .containsEntry("C1 CompilerThre", USUAL)
        .containsEntry("C2 CompilerThre", may ? IDLE : USUAL);
    assertThat(of(POLICY, parts[2])).containsEntry("C2 CompilerThre", USUAL);
    int usual = of(NICE, parts[2]).getOrDefault("java", LAST);
    assertThat(of(NICE, parts[2]))
        .containsEntry("C1 CompilerThre", usual)
        .containsEntry("C2 CompilerThre", usual)
        .containsEntry("journal", Math.min(usual + 10, LAST));
  }

  private static Map<String, Integer> of(int field, String threads) {
    var of = new TreeMap<String, Integer>();
    threads
        .lines()
        .forEach(line -> {
          // The name is in parentheses and may have blanks in it.
          int end = line.lastIndexOf(')');
          String name = line.substring(line.indexOf('(') + 1, end);
          String[] rest = line.substring(end + 2).split(" ", -1);
          of.merge(name, Integer.parseInt(rest[field]), Math::max);
        });
    return of;
  }
}
