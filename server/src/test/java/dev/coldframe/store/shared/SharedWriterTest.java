package dev.coldframe.store.shared;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coldframe.store.StoreException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SharedWriterTest {
  /// A connection whose other end is gone, which a commit is the first to find out.
  private static Connection gone() {
    return (Connection)
        Proxy.newProxyInstance(
            SharedWriterTest.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (_, method, _) ->
                switch (method.getName()) {
                  case "commit" -> throw new SQLException("gone", "08006");
                  case "isClosed" -> false;
                  default -> null;
                });
  }

  @Test
  void whoWaitsIsToldAlsoWhereNobodyHearsThatTheConnectionIsLost() {
    try (var writer =
        new SharedWriter(_ -> {
          throw new IllegalStateException("nobody hears");
        })) {
      writer.use(gone());
      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(() -> writer.submit(_ -> "done").orTimeout(10, TimeUnit.SECONDS).join())
            .isInstanceOf(CompletionException.class)
            .hasCauseInstanceOf(StoreException.class)
            .hasMessageContaining("was lost");
      }
      writer.refuse("it is away");
      assertThat(writer.submit(_ -> "done")).isCompletedExceptionally();
    }
  }

  @Test
  void aDatabaseThatTakesNoWritesIsOfNoUse() {
    var lost = new AtomicInteger();
    try (var writer = new SharedWriter(_ -> lost.incrementAndGet())) {
      writer.use(gone());
      assertThat(
              writer.submit(_ -> {
                throw new SQLException("cannot execute INSERT in a read-only transaction", "25006");
              }))
          .failsWithin(10, TimeUnit.SECONDS);
    }
    assertThat(lost).hasValue(1);
  }
}
