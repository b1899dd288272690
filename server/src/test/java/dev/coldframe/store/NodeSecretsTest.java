package dev.coldframe.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coldframe.net.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The site's key, and what it seals.
class NodeSecretsTest {
  private static final String NODE = "geranium";

  @TempDir Path state;

  private Path sealed() {
    return state.resolve("secrets").resolve(NODE + ".sealed");
  }

  private static List<String> ssh(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(text).isZero();
    return text.lines().toList();
  }

  private static String modeOf(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  @Tag("L-08")
  void aNodeComesBackWithTheSameKeysAndMachineId() {
    Secrets made = NodeSecrets.of(state).secrets(NODE);
    assertThat(NodeSecrets.of(state).secrets(NODE)).isEqualTo(made);
    assertThat(NodeSecrets.of(state).known(NODE)).contains(made);
    assertThat(NodeSecrets.of(state).known("dahlia")).isEmpty();
    assertThat(NodeSecrets.of(state).secrets("dahlia")).isNotEqualTo(made);
  }

  @Test
  void theMachineIdIsARandomUuidWithoutDashes() {
    assertThat(NodeSecrets.of(state).secrets(NODE).machineId())
        .matches("[0-9a-f]{12}4[0-9a-f]{3}[89ab][0-9a-f]{15}");
  }

  @Test
  void sshKeygenReadsEachHostKeyAndFindsItsPublicHalf() throws Exception {
    List<HostKey> keys = NodeSecrets.of(state).secrets(NODE).hostKeys();
    assertThat(keys).extracting(HostKey::type).containsExactly(HostKey.Type.values());
    for (HostKey key : keys) {
      Path file = state.resolve(key.type().fileName());
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(file, key.privateKey());
      assertThat(ssh("ssh-keygen", "-y", "-f", file.toString()))
          .containsExactly(key.publicLine().strip());
      Path open =
          Files.writeString(state.resolve(key.type().fileName() + ".pub"), key.publicLine());
      assertThat(ssh("ssh-keygen", "-l", "-f", open.toString()).getFirst())
          .matches(shown(key.type()));
    }
  }

  private static String shown(HostKey.Type type) {
    return switch (type) {
      case ED25519 -> "256 SHA256:\\S+ geranium \\(ED25519\\)";
      case RSA -> "3072 SHA256:\\S+ geranium \\(RSA\\)";
      case ECDSA -> "256 SHA256:\\S+ geranium \\(ECDSA\\)";
    };
  }

  @Test
  @Tag("L-12")
  void nothingOfThemIsReadableOnDiskOrInALog() throws Exception {
    NodeSecrets secrets = NodeSecrets.of(state);
    Secrets made = secrets.secrets(NODE);
    assertThat(modeOf(state.resolve("site.key"))).isEqualTo("rw-------");
    assertThat(modeOf(sealed())).isEqualTo("rw-------");
    assertThat(modeOf(state.resolve("secrets"))).isEqualTo("rwx------");
    assertThat(Files.readString(sealed(), StandardCharsets.ISO_8859_1))
        .doesNotContain(made.machineId())
        .doesNotContain("OPENSSH");
    assertThat("" + made + secrets + SiteKey.of(state) + made.hostKeys())
        .doesNotContain(made.machineId())
        .doesNotContain("PRIVATE KEY");
    try (var files = Files.list(state.resolve("secrets"))) {
      assertThat(files).as("no half-written file is left").hasSize(1);
    }
  }

  @Test
  void manyThreadsGetOneAnswer() throws Exception {
    NodeSecrets secrets = NodeSecrets.of(state);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Callable<Secrets> ask = () -> secrets.secrets(NODE);
      var answers = new HashSet<Secrets>();
      for (var answer : threads.invokeAll(List.of(ask, ask, ask, ask))) {
        answers.add(answer.get());
      }
      assertThat(answers).hasSize(1);
    }
  }

  @Test
  void whatIsForgottenIsGoneAndMadeAnew() {
    NodeSecrets secrets = NodeSecrets.of(state);
    Secrets made = secrets.secrets(NODE);
    secrets.forget(NODE);
    assertThat(sealed()).doesNotExist();
    assertThat(secrets.known(NODE)).isEmpty();
    assertThat(secrets.secrets(NODE)).isNotEqualTo(made);
  }

  @Test
  void anotherNodesFileDoesNotOpen() throws Exception {
    NodeSecrets secrets = NodeSecrets.of(state);
    secrets.secrets(NODE);
    Files.copy(sealed(), sealed().resolveSibling("dahlia.sealed"));
    assertThatThrownBy(() -> secrets.secrets("dahlia"))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("restore both from one backup");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 12, 13, 40})
  void aDamagedFileIsRefusedAndNeverReplaced(int length) throws Exception {
    NodeSecrets secrets = NodeSecrets.of(state);
    secrets.secrets(NODE);
    byte[] cut = java.util.Arrays.copyOf(Files.readAllBytes(sealed()), length);
    Files.write(sealed(), cut);
    assertThatThrownBy(() -> secrets.secrets(NODE)).isInstanceOf(StoreException.class);
    assertThat(Files.readAllBytes(sealed())).isEqualTo(cut);
  }

  @Test
  void aNewerFileIsLeftToTheNewerProgram() throws Exception {
    NodeSecrets secrets = NodeSecrets.of(state);
    secrets.secrets(NODE);
    byte[] newer = Files.readAllBytes(sealed());
    newer[0] = 2;
    Files.write(sealed(), newer);
    assertThatThrownBy(() -> secrets.known(NODE)).hasMessageContaining("newer coldframe");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "..", "../x", "a/b", "-a", "A", "a.b"})
  void whatIsNoNodesNameIsNoFile(String name) {
    NodeSecrets secrets = NodeSecrets.of(state);
    assertThatThrownBy(() -> secrets.secrets(name)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aLostSiteKeyIsNotReplacedWhileSecretsWaitForIt() throws Exception {
    NodeSecrets.of(state).secrets(NODE);
    Files.delete(state.resolve("site.key"));
    assertThatThrownBy(() -> SiteKey.of(state))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("restore it from a backup");
    NodeSecrets.of(Files.createDirectory(state.resolve("fresh"))).known(NODE);
  }

  @Test
  void aDamagedSiteKeyIsRefused() throws Exception {
    Files.write(state.resolve("site.key"), new byte[31]);
    assertThatThrownBy(() -> SiteKey.of(state)).hasMessageContaining("damaged");
  }

  @Test
  void signaturesDifferByPurposeDataAndSite() throws Exception {
    Bytes data = Bytes.of("geranium", StandardCharsets.UTF_8);
    SiteKey one = SiteKey.of(state);
    SiteKey other = SiteKey.of(Files.createDirectory(state.resolve("other")));
    Bytes signature = one.mac("disk mark", data);
    assertThat(signature.size()).isEqualTo(32);
    assertThat(SiteKey.of(state).mac("disk mark", data)).isEqualTo(signature);
    assertThat(
            List.of(
                one.mac("report", data),
                one.mac("disk mark", Bytes.EMPTY),
                other.mac("disk mark", data)))
        .doesNotContain(signature);
  }

  /// Sealed on 2026-11-25 by version 1 of the format; must open for ever.
  @Test
  void aFileOfVersionOneStillOpens() throws Exception {
    Files.write(state.resolve("site.key"), frozen("site.key"));
    NodeSecrets secrets = NodeSecrets.of(state);
    Files.write(sealed(), frozen("geranium.sealed"));
    Secrets old = secrets.known(NODE).orElseThrow();
    assertThat(old.machineId()).isEqualTo("1a2c42a3ff2e4e33afbfad03c79f8b12");
    assertThat(old.hostKeys()).hasSize(3);
    assertThat(old.hostKeys().getFirst().publicLine())
        .isEqualTo(
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGY5xWMon3reBWFDb//Kd4rgezJR4QifQuKc5Oi+VGj5 geranium\n");
    assertThat(SiteKey.of(state).mac("disk mark", Bytes.of("x", StandardCharsets.UTF_8)).hex())
        .isEqualTo("17d4760cc5f6584dd5c6606bc1b0dd8959146907b065952aa42879dab3dff738");
  }

  /// What several appliances keep together; `up` is whether it can be asked.
  private static final class MemoryVault implements SecretVault {
    private final java.util.Map<String, byte[]> kept = new java.util.HashMap<>();
    private boolean up = true;

    private void ask() {
      if (!up) {
        throw new StoreException("cut off");
      }
    }

    @Override
    public java.util.Optional<byte[]> sealed(String node) {
      ask();
      return java.util.Optional.ofNullable(kept.get(node));
    }

    @Override
    public byte[] keepFirst(String node, byte[] sealed) {
      ask();
      kept.putIfAbsent(node, sealed);
      return Objects.requireNonNull(kept.get(node));
    }

    @Override
    public void forget(String node) {
      ask();
      kept.remove(node);
    }
  }

  private NodeSecrets appliance(String name, MemoryVault vault) throws IOException {
    Path folder = Files.createDirectories(state.resolve(name));
    Path key = folder.resolve("site.key");
    if (!Files.exists(key)) {
      Files.write(key, new byte[32]);
    }
    NodeSecrets secrets = NodeSecrets.of(folder);
    secrets.shareIn(vault);
    return secrets;
  }

  @Test
  void whoMakesANodesSecretsFirstMakesThemForAllAppliances() throws Exception {
    var vault = new MemoryVault();
    Secrets made = appliance("one", vault).secrets(NODE);
    assertThat(appliance("two", vault).secrets(NODE)).isEqualTo(made);

    vault.up = false;
    assertThat(appliance("two", vault).secrets(NODE)).as("the copy").isEqualTo(made);
    NodeSecrets third = appliance("three", vault);
    assertThatThrownBy(() -> third.secrets(NODE)).hasMessage("cut off");
    assertThat(third.known(NODE)).as("nothing is made that others do not know").isEmpty();
  }

  @Test
  void anotherAppliancesSecretsReplaceThoseOfOneThatWasAlone() throws Exception {
    var vault = new MemoryVault();
    NodeSecrets.of(Files.createDirectories(state.resolve("other"))).secrets(NODE);
    Files.write(Files.createDirectories(state.resolve("one")).resolve("site.key"), new byte[32]);
    Secrets alone = NodeSecrets.of(state.resolve("one")).secrets(NODE);
    Secrets first = appliance("two", vault).secrets(NODE);
    assertThat(first).isNotEqualTo(alone);
    assertThat(appliance("one", vault).secrets(NODE)).isEqualTo(first);
    assertThat(NodeSecrets.of(state.resolve("one")).known(NODE)).contains(first);
  }

  @Test
  void whatAnotherAppliancesSecretsReplaceIsKeptAsideUntilTheNodeIsForgotten() throws Exception {
    var vault = new MemoryVault();
    Path folder = Files.createDirectories(state.resolve("one"));
    Files.write(folder.resolve("site.key"), new byte[32]);
    Secrets alone = NodeSecrets.of(folder).secrets(NODE);
    Path file = folder.resolve("secrets").resolve(NODE + ".sealed");
    byte[] mine = Files.readAllBytes(file);
    NodeSecrets one = appliance("one", vault);
    Secrets theirs = appliance("two", vault).secrets(NODE);
    one.takeOver(NODE, Objects.requireNonNull(vault.kept.get(NODE)));
    assertThat(one.known(NODE)).contains(theirs);

    Path aside = file.resolveSibling(NODE + ".replaced");
    assertThat(aside).hasBinaryContent(mine);
    assertThat(one.sealed()).containsOnlyKeys(NODE);
    Files.copy(aside, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    assertThat(NodeSecrets.of(folder).known(NODE)).contains(alone);
    one.forget(NODE);
    assertThat(file).doesNotExist();
    assertThat(aside).doesNotExist();
  }

  @Test
  void whatDoesNotOpenWithTheSitesKeyIsNotTakenOver() throws Exception {
    var vault = new MemoryVault();
    NodeSecrets one = appliance("one", vault);
    Secrets made = one.secrets(NODE);
    byte[] good = Objects.requireNonNull(vault.kept.get(NODE));
    byte[] bad = good.clone();
    bad[bad.length - 1] ^= 1;
    one.takeOver(NODE, bad);
    assertThat(one.known(NODE)).contains(made);

    NodeSecrets two = appliance("two", vault);
    two.takeOver(NODE, good);
    assertThat(two.known(NODE)).contains(made);
    two.takeAway(NODE);
    assertThat(two.known(NODE)).isEmpty();
  }

  @Test
  void theMarkOfAKeyTellsItFromAnother() throws Exception {
    Path one = Files.createDirectories(state.resolve("one"));
    Path two = Files.createDirectories(state.resolve("two"));
    assertThat(SiteKey.of(one).mark())
        .matches("[0-9a-f]{64}")
        .isEqualTo(SiteKey.of(one).mark())
        .isNotEqualTo(SiteKey.of(two).mark());
  }

  private static byte[] frozen(String name) throws IOException {
    try (InputStream in = NodeSecretsTest.class.getResourceAsStream("/frozen/secrets-1/" + name)) {
      return Objects.requireNonNull(in, name).readAllBytes();
    }
  }
}
