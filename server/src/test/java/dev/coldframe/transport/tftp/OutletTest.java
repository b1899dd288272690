package dev.coldframe.transport.tftp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.net.Ip4;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.unix.Errors.NativeIoException;
import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OutletTest {
  private static final Ip4 CLIENT = Ip4.parse("192.168.0.20");

  private final Outlet outlet = new Outlet(new EmbeddedChannel());

  @ParameterizedTest
  @CsvSource({"12, 64", "1023, 64", "1024, 63", "1472, 44", "32753, 2", "32754, 1", "65468, 1"})
  void asManyBlocksGoTogetherAsTheKernelTakes(int segmentBytes, int blocks) {
    assertThat(outlet.segmentsOf(segmentBytes)).isEqualTo(blocks);
  }

  @ParameterizedTest
  @ValueSource(ints = {5, 22, 90})
  void blocksGoOneByOneOnceTheKernelRefused(int errno) {
    assertThat(outlet.failed(new NativeIoException("sendmmsg", -errno))).isTrue();
    assertThat(outlet.segmentsOf(1_472)).isEqualTo(1);
    assertThat(outlet.failed(new NativeIoException("sendmmsg", -errno))).isFalse();
  }

  @Test
  void anotherFailureChangesNothing() {
    assertThat(outlet.failed(new NativeIoException("sendmmsg", -101))).isFalse();
    assertThat(outlet.failed(new IOException("other"))).isFalse();
    assertThat(outlet.segmentsOf(1_472)).isEqualTo(44);
  }

  @Test
  @Tag("T-30")
  void aNarrowWayIsOfferedSmallerBlocksStepByStep() {
    PathMtu mtu = new PathMtu();
    assertThat(mtu.to(CLIENT)).isEqualTo(Integer.MAX_VALUE);
    mtu.tooWide(CLIENT, 1_468);
    assertThat(mtu.to(CLIENT)).isEqualTo(1_024 + 32);
    mtu.tooWide(CLIENT, 1_024);
    assertThat(mtu.to(CLIENT)).isEqualTo(512 + 32);
    mtu.tooWide(CLIENT, 512);
    assertThat(mtu.to(CLIENT)).isEqualTo(512 + 32);
  }

  @Test
  void onlySoManyNarrowWaysAreRemembered() {
    PathMtu mtu = new PathMtu();
    for (int i = 0; i <= PathMtu.MAX_CLIENTS; i++) {
      mtu.tooWide(CLIENT.plus(i), 1_468);
    }
    assertThat(mtu.to(CLIENT)).isEqualTo(Integer.MAX_VALUE);
    assertThat(mtu.to(CLIENT.plus(PathMtu.MAX_CLIENTS))).isEqualTo(1_024 + 32);
  }
}
