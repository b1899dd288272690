package dev.coldframe.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The nodes' secrets: made once for each node and kept until it is forgotten, so that it comes
/// back as the same machine (row L-08). Any thread; making them takes seconds on a small board.
///
/// One file a node, `secrets/<node>.sealed`, mode 0600: a version byte, a nonce, and AES-256-GCM
/// with a key of the site's, bound to the node's name. Files and no table, because a row that was
/// deleted stays in a database's free pages and log, and these must be gone when they are
/// forgotten.
public final class NodeSecrets {
  private static final Logger LOG = LoggerFactory.getLogger(NodeSecrets.class);

  static final String FOLDER = "secrets";

  private static final String SUFFIX = ".sealed";
  private static final String REPLACED = ".replaced";
  private static final String PURPOSE = "node secrets";
  private static final byte VERSION = 1;
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;
  private static final int MAX_FILE_BYTES = 1 << 16;

  /// What a node may be called; nothing else becomes a file's name.
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");

  private final Path folder;
  private final SecretKey key;
  private final SecureRandom random = new SecureRandom();
  private final Map<String, Object> locks = new ConcurrentHashMap<>();

  /// The nodes of which the copy here is known to be what the vault keeps.
  private final Set<String> agreed = ConcurrentHashMap.newKeySet();

  private volatile Optional<SecretVault> vault = Optional.empty();

  /// @param state the state folder
  /// @param siteKey its key
  /// @throws StoreException when the folder for them cannot be made
  public NodeSecrets(Path state, SiteKey siteKey) {
    this.folder = state.resolve(FOLDER);
    this.key = siteKey.sealing(PURPOSE);
    try {
      PrivateFile.folder(folder);
    } catch (IOException e) {
      throw new StoreException("the folder " + folder + " cannot be made", e);
    }
  }

  /// The secrets of a state folder, sealed with its own key.
  ///
  /// @throws StoreException as [SiteKey#of]
  public static NodeSecrets of(Path state) {
    return new NodeSecrets(state, SiteKey.of(state));
  }

  static boolean anyIn(Path state) throws IOException {
    Path folder = state.resolve(FOLDER);
    if (!Files.isDirectory(folder)) {
      return false;
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.anyMatch(file -> file.toString().endsWith(SUFFIX));
    }
  }

  /// Keeps them from now on for all appliances of the site: what is here is a copy.
  public void shareIn(SecretVault with) {
    vault = Optional.of(with);
  }

  /// A node's secrets; makes them the first time.
  ///
  /// @throws StoreException when they can be neither read nor kept
  public Secrets secrets(String node) {
    Path file = file(node);
    synchronized (lock(node)) {
      Optional<byte[]> known = sealed(node, file);
      if (known.isPresent() && (vault.isEmpty() || agreed.contains(node))) {
        return opened(node, file, known.get());
      }
      if (vault.isPresent()) {
        return shared(node, file, known, vault.get());
      }
      Secrets fresh = make(node);
      keep(node, file, seal(node, SecretsJson.write(fresh)));
      return fresh;
    }
  }

  /// The first that were made for a node are all appliances'. While nobody can say which those are,
  /// the copy is good, and nothing new is made.
  private Secrets shared(String node, Path file, Optional<byte[]> known, SecretVault with) {
    byte[] first;
    try {
      Optional<byte[]> there = with.sealed(node);
      first =
          there.isPresent()
              ? there.get()
              : with.keepFirst(
                  node, known.orElseGet(() -> seal(node, SecretsJson.write(make(node)))));
    } catch (StoreException e) {
      if (known.isPresent()) {
        LOG.debug("secrets are used that nobody else was asked about node={}", node, e);
        return opened(node, file, known.get());
      }
      throw e;
    }
    Secrets secrets = opened(node, file, first);
    if (known.isEmpty() || !Arrays.equals(known.get(), first)) {
      known.ifPresent(old -> putAside(node, old));
      keep(node, file, first);
    }
    agreed.add(node);
    return secrets;
  }

  /// What nodes had here and another appliance's replaces is kept until the node is forgotten: it
  /// may be the true one.
  private void putAside(String node, byte[] old) {
    Path aside = aside(node);
    LOG.warn(
        "another appliance's secrets replace a node's, which are kept node={} in={}", node, aside);
    keep(node, aside, old);
  }

  /// What is kept here, sealed, by node; what does not open with the site's key is left out.
  ///
  /// @throws StoreException when it cannot be read
  public Map<String, byte[]> sealed() {
    var out = new TreeMap<String, byte[]>();
    for (String node : nodes()) {
      Path file = file(node);
      synchronized (lock(node)) {
        try {
          sealed(node, file)
              .filter(bytes -> !opened(node, file, bytes).hostKeys().isEmpty())
              .ifPresent(bytes -> out.put(node, bytes));
        } catch (StoreException e) {
          LOG.error("the secrets of a node are not shared node={}", node, e);
        }
      }
    }
    return out;
  }

  private List<String> nodes() {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> String.valueOf(file.getFileName()))
          .filter(name -> name.endsWith(SUFFIX))
          .map(name -> name.substring(0, name.length() - SUFFIX.length()))
          .filter(node -> NAME.matcher(node).matches())
          .toList();
    } catch (IOException e) {
      throw new StoreException("the folder " + folder + " cannot be read", e);
    }
  }

  /// Takes over what another appliance keeps for a node. What does not open with the site's key is
  /// left out.
  public void takeOver(String node, byte[] sealed) {
    if (!NAME.matcher(node).matches()) {
      LOG.error("sealed for what is no node's name is left out");
      return;
    }
    Path file = file(node);
    synchronized (lock(node)) {
      try {
        Optional<byte[]> known = sealed(node, file);
        if (known.filter(mine -> Arrays.equals(mine, sealed)).isEmpty()) {
          opened(node, file, sealed);
          known.ifPresent(old -> putAside(node, old));
          keep(node, file, sealed);
        }
        agreed.add(node);
      } catch (StoreException e) {
        LOG.error("another appliance's secrets of a node are left out node={}", node, e);
      }
    }
  }

  /// Removes the copy of what is kept for a node no more.
  public void takeAway(String node) {
    if (NAME.matcher(node).matches()) {
      synchronized (lock(node)) {
        agreed.remove(node);
        remove(node);
      }
    }
  }

  private void keep(String node, Path file, byte[] sealed) {
    try {
      PrivateFile.write(file, sealed);
    } catch (IOException e) {
      throw new StoreException("the secrets of " + node + " cannot be kept in " + file, e);
    }
  }

  /// A node's secrets, if they were ever made.
  ///
  /// @throws StoreException when they cannot be read
  public Optional<Secrets> known(String node) {
    Path file = file(node);
    synchronized (lock(node)) {
      return read(node, file);
    }
  }

  /// Removes a node's secrets; it would come back as another machine.
  ///
  /// @throws StoreException when they cannot be removed
  public void forget(String node) {
    synchronized (lock(node)) {
      vault.ifPresent(with -> with.forget(node));
      agreed.remove(node);
      remove(node);
    }
  }

  private void remove(String node) {
    for (Path file : List.of(file(node), aside(node))) {
      try {
        Files.deleteIfExists(file);
      } catch (IOException e) {
        throw new StoreException("the secrets of " + node + " cannot be removed: " + file, e);
      }
    }
  }

  private Object lock(String node) {
    return locks.computeIfAbsent(node, _ -> new Object());
  }

  private Path file(String node) {
    if (!NAME.matcher(node).matches()) {
      throw new IllegalArgumentException("not a node's name");
    }
    return folder.resolve(node + SUFFIX);
  }

  private Path aside(String node) {
    return folder.resolve(node + REPLACED);
  }

  private static Secrets make(String node) {
    String machineId = UUID.randomUUID().toString().replace("-", "");
    List<HostKey> keys =
        Stream.of(HostKey.Type.values()).map(type -> OpenSshKey.make(type, node)).toList();
    return new Secrets(machineId, keys);
  }

  private Optional<Secrets> read(String node, Path file) {
    return sealed(node, file).map(bytes -> opened(node, file, bytes));
  }

  private Secrets opened(String node, Path file, byte[] sealed) {
    return SecretsJson.read(open(node, file, sealed));
  }

  private static Optional<byte[]> sealed(String node, Path file) {
    try {
      if (!Files.exists(file)) {
        return Optional.empty();
      }
      if (Files.size(file) > MAX_FILE_BYTES) {
        throw new StoreException(file + " is no sealed file; restore it from a backup");
      }
      return Optional.of(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new StoreException("the secrets of " + node + " cannot be read", e);
    }
  }

  private byte[] seal(String node, byte[] plain) {
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    try {
      byte[] sealed = cipher(Cipher.ENCRYPT_MODE, node, nonce).doFinal(plain);
      byte[] out = new byte[1 + NONCE_BYTES + sealed.length];
      out[0] = VERSION;
      System.arraycopy(nonce, 0, out, 1, NONCE_BYTES);
      System.arraycopy(sealed, 0, out, 1 + NONCE_BYTES, sealed.length);
      return out;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK seals with AES", e);
    }
  }

  private byte[] open(String node, Path file, byte[] bytes) {
    if (bytes.length > 0 && bytes[0] > VERSION) {
      throw new StoreException(file + " was written by a newer coldframe; start that one");
    }
    try {
      if (bytes.length <= 1 + NONCE_BYTES || bytes[0] != VERSION) {
        throw new AEADBadTagException("too short");
      }
      byte[] nonce = Arrays.copyOfRange(bytes, 1, 1 + NONCE_BYTES);
      int at = 1 + NONCE_BYTES;
      return cipher(Cipher.DECRYPT_MODE, node, nonce).doFinal(bytes, at, bytes.length - at);
    } catch (GeneralSecurityException e) {
      throw new StoreException(
          file
              + " does not open with the site's key: one of them is damaged or another site's;"
              + " restore both from one backup, or remove the file to give the node new host keys",
          e);
    }
  }

  private Cipher cipher(int mode, String node, byte[] nonce) throws GeneralSecurityException {
    Cipher out = Cipher.getInstance("AES/GCM/NoPadding");
    out.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
    out.updateAAD((PURPOSE + " " + node).getBytes(StandardCharsets.UTF_8));
    return out;
  }

  /// Says nothing of itself.
  @Override
  public String toString() {
    return "NodeSecrets";
  }
}
