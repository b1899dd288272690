package dev.coldframe.transport.tftp;

import dev.coldframe.transport.FilePlane;
import dev.coldframe.transport.Link;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import java.util.concurrent.atomic.AtomicInteger;

/// The TFTP socket of a link, for tests that have no socket.
public final class TftpSocket {
  private TftpSocket() {}

  /// What hears the service port of a link and carries the transfers, as in single-port mode.
  ///
  /// @param servicePort with the link's offset
  public static ChannelHandler on(Link link, int servicePort, FilePlane plane) {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel channel) {
        var reception = new Reception(plane, link, servicePort, new PathMtu());
        channel
            .pipeline()
            .addLast("tftp", new TransferPort(channel, reception, true, new AtomicInteger()));
      }
    };
  }
}
