package dev.coldframe.store.shared;

import dev.coldframe.net.Bytes;
import dev.coldframe.node.ImagePass;
import dev.coldframe.store.StoreException;
import dev.coldframe.store.image.ImageFetch;
import dev.coldframe.store.image.ImageRefused;
import dev.coldframe.store.image.Images;
import dev.coldframe.store.image.StoredImage;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Which appliance has which image. One that profiles name and that is missing here is fetched from
/// another appliance, one at a time, on a thread of its own.
public final class SharedImages implements FeedReader, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SharedImages.class);
  private static final Duration LOOK = Duration.ofSeconds(2);
  private static final Duration AFTER_A_FAILURE = Duration.ofSeconds(30);

  private final SharedDatabase database;
  private final Images images;
  private final ImageFetch fetch;
  private final Here here;
  private final InstantSource clock;
  private final ImageCopies copies = new ImageCopies();

  /// What was left out, by its key; on the feed's thread.
  private final Set<String> leftOut = new HashSet<>();

  /// What was told to be here under another name; on the thread of this.
  private final Set<String> misnamed = new HashSet<>();

  private List<StoredImage> told = List.of();
  private boolean toldNothing = true;
  private Optional<Thread> thread = Optional.empty();

  /// This appliance.
  ///
  /// @param address where others fetch from it, `192.168.0.2:80`
  /// @param mac signs with the site's key
  public record Here(String address, UnaryOperator<Bytes> mac) {}

  /// @param state the state folder
  public SharedImages(
      SharedDatabase database, Path state, Images images, Here here, InstantSource clock) {
    this.database = database;
    this.images = images;
    this.fetch = new ImageFetch(state, images);
    this.here = here;
    this.clock = clock;
  }

  /// Looks every few seconds from now on.
  ///
  /// @param wanted the names of images that this appliance needs
  public void start(Supplier<Set<String>> wanted) {
    thread =
        Optional.of(
            Thread.ofPlatform().name("shared-images").daemon(true).start(() -> run(wanted)));
  }

  private void run(Supplier<Set<String>> wanted) {
    while (!Thread.currentThread().isInterrupted()) {
      Duration pause = LOOK;
      try {
        if (database.cutOff().isEmpty()) {
          tell();
        }
        pause = look(wanted.get());
      } catch (StoreException e) {
        LOG.debug("others are not told of images now", e);
      } catch (RuntimeException e) {
        LOG.error("images are not shared now", e);
      }
      LockSupport.parkNanos(pause.toNanos());
    }
  }

  // What is here ─────────────────────────────────────────────────────────────────────────────────

  private void tell() {
    List<StoredImage> now = images.list();
    if (!toldNothing && now.equals(told)) {
      return;
    }
    SharedJournal.await(
        database.write(connection -> {
          write(connection, now);
          return true;
        }));
    told = now;
    toldNothing = false;
  }

  private void write(Connection connection, List<StoredImage> now) throws SQLException {
    try (PreparedStatement gone =
            connection.prepareStatement(
                "UPDATE image SET gone = true WHERE appliance = ? AND NOT gone");
        PreparedStatement insert =
            connection.prepareStatement(
                "INSERT INTO image (appliance, sha256, name, size, address) VALUES (?, ?, ?, ?, ?)"
                    + " ON CONFLICT (appliance, sha256) DO UPDATE SET name = excluded.name,"
                    + " size = excluded.size, address = excluded.address, gone = false")) {
      gone.setObject(1, database.appliance());
      gone.executeUpdate();
      for (StoredImage image : now) {
        insert.setObject(1, database.appliance());
        insert.setString(2, image.content().sha256());
        insert.setString(3, image.name());
        insert.setLong(4, image.content().sizeBytes());
        insert.setString(5, here.address());
        insert.addBatch();
      }
      insert.executeBatch();
    }
  }

  // What others have ─────────────────────────────────────────────────────────────────────────────

  @Override
  public List<String> tables() {
    return List.of("image");
  }

  @Override
  public Runnable read(Connection connection, String since, boolean whole) throws SQLException {
    var found = new ArrayList<Map.Entry<String, Optional<ImageCopy>>>();
    try (PreparedStatement query =
        connection.prepareStatement(
            "SELECT appliance, sha256, name, size, address, gone, version FROM image"
                + " WHERE xid >= ?::xid8 AND appliance <> ? ORDER BY version")) {
      query.setString(1, since);
      query.setObject(2, database.appliance());
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          var image = new ImageFetch.Wanted(rows.getString(3), rows.getString(2), rows.getLong(4));
          var copy = new ImageCopy(rows.getString(1), image, rows.getString(5), rows.getLong(7));
          boolean usable = !rows.getBoolean(6) && isUsable(copy);
          found.add(Map.entry(copy.key(), usable ? Optional.of(copy) : Optional.empty()));
        }
      }
    }
    return () -> copies.read(whole, found);
  }

  private boolean isUsable(ImageCopy copy) {
    if (!copy.isSound() && leftOut.add(copy.key())) {
      LOG.warn("what an appliance says of an image is no image's appliance={}", copy.appliance());
    }
    return copy.isSound();
  }

  /// @return how long to wait for the next look
  private Duration look(Set<String> wanted) {
    List<StoredImage> here = images.list();
    var have =
        new ImageCopies.Have(
            here.stream().map(StoredImage::name).collect(Collectors.toSet()),
            here.stream().map(image -> image.content().sha256()).collect(Collectors.toSet()));
    for (ImageCopy copy : copies.misnamed(wanted, have)) {
      if (misnamed.add(copy.key() + " " + copy.image().name())) {
        LOG.warn(
            "an image is not fetched, its content is here under another name image={} sha256={}",
            copy.image().name(),
            copy.image().sha256());
      }
    }
    List<ImageCopy> missing = copies.missing(wanted, have);
    try {
      fetch.keepOnly(
          missing.stream().map(copy -> copy.image().sha256()).collect(Collectors.toSet()));
    } catch (IOException e) {
      LOG.warn("what was fetched of an image cannot be deleted", e);
      return AFTER_A_FAILURE;
    }
    return copies.next(missing, clock.instant()).map(this::fetch).orElse(LOOK);
  }

  private Duration fetch(ImageCopy copy) {
    ImageFetch.Wanted image = copy.image();
    LOG.info("an image is fetched image={} from={}", image.name(), copy.address());
    String pass = ImagePass.of(image.sha256(), clock.instant(), here.mac());
    try {
      fetch.fetch(image, copy.at(pass));
      LOG.info("an image was fetched image={} sha256={}", image.name(), image.sha256());
    } catch (IOException e) {
      copies.failed(copy, ImageCopies.AWAY, clock.instant());
      LOG.warn("an image cannot be fetched from another appliance image={}", image.name(), e);
    } catch (ImageRefused e) {
      if (e.isBusy()) {
        LOG.info("an image that was fetched waits image={} reason={}", image.name(), e.reason());
        return AFTER_A_FAILURE;
      }
      copies.failed(copy, ImageCopies.WRONG, clock.instant());
      LOG.error(
          "what another appliance sent is not taken in image={} from={} reason={}",
          image.name(),
          copy.address(),
          e.reason());
    }
    return LOOK;
  }

  @Override
  public void close() {
    thread.ifPresent(Thread::interrupt);
  }
}
