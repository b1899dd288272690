package dev.coldframe.transport.tftp;

import dev.coldframe.decide.Caller;
import dev.coldframe.decide.TftpDecisions;
import dev.coldframe.decide.TftpOutcome;
import dev.coldframe.transport.FileJournal;
import dev.coldframe.transport.FilePlane;
import dev.coldframe.transport.SourceLimit;
import dev.coldframe.transport.content.Content;
import dev.coldframe.wire.tftp.TftpCodec;
import dev.coldframe.wire.tftp.TftpMessage;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.collection.LongObjectHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One socket that carries many transfers. Everything here runs on the socket's loop, but
/// [#answer], which any thread may call.
final class TransferPort extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(TransferPort.class);

  /// How exactly timers are kept. One look at all transfers costs less than a timer for each block.
  private static final long TICK_MILLIS = 10;

  /// How soon to look again whether everything that has arrived was read.
  private static final long HEAR_MILLIS = 1;

  /// Reads after which the rest of what had arrived at the first of them is known to be heard: as
  /// many as the socket's buffer holds.
  private static final int HEARD_AFTER_READS = 64;

  /// Files that may be on their way from the disk.
  private static final int MAX_OPENING = 1_024;

  /// Refusals that a caller who is no node hears in a second; a loader that tries names one after
  /// the other needs a few. The rest of a scan is counted and not answered.
  static final int REFUSALS_PER_SECOND = 100;

  private final Channel channel;
  private final Reception reception;
  private final boolean hearsRequests;
  private final FilePlane plane;
  private final FileJournal journal;
  private final Outlet outlet;
  private final TransferTable transfers;
  private final LongObjectHashMap<TftpMessage> opening = new LongObjectHashMap<>();
  private final Strays strays;
  private final SourceLimit refusals =
      new SourceLimit(REFUSALS_PER_SECOND, TimeUnit.SECONDS.toNanos(1));
  private boolean ticking;

  /// Packets of the read that is going on, and whether the last one may have left some behind.
  private int heard;

  private boolean moreWaits;
  private int reads;

  /// @param channel the socket
  /// @param reception decides about requests
  /// @param hearsRequests whether this is the service port as well
  /// @param total open transfers of the server
  TransferPort(Channel channel, Reception reception, boolean hearsRequests, AtomicInteger total) {
    this.channel = channel;
    this.reception = reception;
    this.hearsRequests = hearsRequests;
    this.plane = reception.plane();
    this.journal = plane.journal();
    this.outlet = new Outlet(channel);
    this.transfers = new TransferTable(total);
    this.strays = new Strays(reception, outlet);
  }

  private long now() {
    return channel.eventLoop().ticker().nanoTime();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    heard++;
    try {
      if (message instanceof DatagramPacket packet) {
        receive(packet);
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void receive(DatagramPacket packet) {
    ByteBuf content = packet.content();
    Transfer transfer = transfers.of(Peer.key(packet.sender()));
    if (transfer != null && content.readableBytes() >= TftpCodec.DATA_HEAD_BYTES) {
      int block = TftpCodec.acknowledged(content.getInt(content.readerIndex()));
      if (block >= 0) {
        acknowledged(transfer, block);
        return;
      }
    }
    TftpMessage message = Reception.decode(content);
    if (transfer != null && message instanceof TftpMessage.Failure(int code, String _)) {
      transfer.machine().stop(code);
      close(transfer);
    } else if (hearsRequests && begins(message)) {
      reception.hear(packet, message).ifPresent(this::begin);
    } else if (transfer == null) {
      strays.answer(packet, message, transfers, now());
    } else {
      plane.counters().count(Reception.SERVICE, "packet without meaning in a transfer");
    }
  }

  private static boolean begins(TftpMessage message) {
    return message instanceof TftpMessage.Request
        || (message instanceof TftpMessage.Malformed(String _, boolean request) && request);
  }

  private void acknowledged(Transfer transfer, int block) {
    try {
      transfer.acknowledge(block, now());
    } catch (RuntimeException | InternalError e) {
      transfers.remove(transfer);
      unreadable(transfer, e);
      return;
    }
    if (transfer.over()) {
      close(transfer);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    moreWaits = heard >= TftpSockets.PACKETS_PER_READ;
    heard = 0;
    reads++;
    outlet.flush();
  }

  /// Answers a request that another socket heard; any thread.
  void answer(Asking asking) {
    if (channel.eventLoop().inEventLoop()) {
      begin(asking);
      outlet.flush();
    } else {
      channel.eventLoop().execute(() -> answer(asking));
    }
  }

  private void begin(Asking asking) {
    Peer peer = asking.peer();
    Transfer same = transfers.of(peer.key());
    if (same != null && same.answers(asking.message()) && !same.machine().finishing()) {
      same.repeat(now());
      return;
    }
    if (asking.message().equals(opening.get(peer.key()))) {
      return;
    }
    if (same != null) {
      // Clients that keep their port for the next file; a Pi 3 begins with the same after a reset.
      same.machine().supersede();
      close(same);
    }
    switch (asking.answer()) {
      case TftpOutcome.Transfer wanted -> open(asking, wanted);
      case TftpOutcome.Refuse refusal -> refuse(asking, refusal);
      case TftpOutcome.Ignore(String reason) -> plane.counters().count(Reception.SERVICE, reason);
    }
  }

  private void open(Asking asking, TftpOutcome.Transfer wanted) {
    long key = asking.peer().key();
    if (opening.size() >= MAX_OPENING) {
      plane.counters().count(Reception.SERVICE, "too many files being opened");
      return;
    }
    Opening.Result atOnce = Opening.known(plane.library(), wanted);
    if (!(atOnce instanceof Opening.Result.Later)) {
      opened(asking, wanted, atOnce);
      return;
    }
    plane
        .blocking()
        .execute(() -> {
          Opening.Result result = Opening.open(plane.library(), wanted);
          channel.eventLoop().execute(() -> afterwards(asking, wanted, result));
        });
    opening.put(key, asking.message());
  }

  private void afterwards(Asking asking, TftpOutcome.Transfer wanted, Opening.Result result) {
    // Another request of the same peer may have come meanwhile; the last one counts.
    boolean wantedStill = opening.remove(asking.peer().key(), asking.message());
    if (wantedStill && channel.isActive()) {
      opened(asking, wanted, result);
      outlet.flush();
    } else if (result instanceof Opening.Result.Opened(Content content)) {
      content.close();
    }
  }

  private void opened(Asking asking, TftpOutcome.Transfer wanted, Opening.Result result) {
    switch (result) {
      case Opening.Result.Opened(Content content) -> start(asking, wanted, content);
      case Opening.Result.Refused(TftpOutcome.Refuse refusal) -> refuse(asking, refusal);
      case Opening.Result.Later() -> throw new IllegalStateException("opened twice");
    }
  }

  private void start(Asking asking, TftpOutcome.Transfer wanted, Content content) {
    long now = now();
    if (!makeRoom(asking, now)) {
      content.close();
      plane.counters().count(Reception.SERVICE, "too many transfers");
      return;
    }
    Transfer transfer = new Transfer(asking, wanted, content, outlet);
    transfers.add(transfer);
    try {
      transfer.start(now);
    } catch (RuntimeException | InternalError e) {
      transfers.remove(transfer);
      unreadable(transfer, e);
    }
    tickLater();
  }

  private boolean makeRoom(Asking asking, long now) {
    boolean node = asking.caller() instanceof Caller.OfNode;
    boolean perSource = plane.world().get().site().limits().perSource();
    return switch (transfers.roomFor(asking.peer(), node, perSource, now)) {
      case TransferTable.Room.Free() -> true;
      case TransferTable.Room.None() -> false;
      case TransferTable.Room.InsteadOf(Transfer idle) -> {
        close(idle);
        yield true;
      }
    };
  }

  private void refuse(Asking asking, TftpOutcome.Refuse refusal) {
    if (asking.message() instanceof TftpMessage.Request) {
      journal.refused(asking.caller(), asking.path(), refusal.reason());
    } else {
      plane.counters().count(Reception.SERVICE, refusal.reason());
    }
    if (isScan(asking)) {
      plane.counters().count(Reception.SERVICE, "too many names that are refused");
      return;
    }
    outlet.send(new TftpMessage.Failure(refusal.code(), refusal.text()), asking.peer().socket());
  }

  /// Nodes hear every refusal: their loaders ask for dozens of files that need not be there.
  private boolean isScan(Asking asking) {
    return !(asking.caller() instanceof Caller.OfNode)
        && plane.world().get().site().limits().perSource()
        && refusals.beyond(asking.peer().host(), now()) > 0;
  }

  private void close(Transfer transfer) {
    transfers.remove(transfer);
    end(transfer);
  }

  private void end(Transfer transfer) {
    transfer.end(journal);
    if (transfer.machine().noBlockArrived()) {
      reception.pathMtu().tooWide(transfer.peer().host(), transfer.machine().blockSizeBytes());
    }
  }

  private void unreadable(Transfer transfer, Throwable cause) {
    LOG.error("boot file cannot be read on peer={}", transfer.peer().socket(), cause);
    transfer.endUnreadable(journal);
    TftpOutcome.Refuse refusal = TftpDecisions.unreadable();
    outlet.send(new TftpMessage.Failure(refusal.code(), refusal.text()), transfer.peer().socket());
  }

  private void tickLater() {
    if (!ticking && !transfers.isEmpty()) {
      ticking = true;
      channel.eventLoop().schedule(this::tick, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  private void tick() {
    long now = now();
    if (transfers.any(transfer -> isDue(transfer, now))) {
      hearFirst(reads + HEARD_AFTER_READS);
    } else {
      ticking = false;
      tickLater();
    }
  }

  /// An acknowledgement may have arrived that was not read yet, when the server or its machine had
  /// something else to do. A block that is sent again for that may reach the client's next request,
  /// from the same port, and be taken for its answer.
  private void hearFirst(int enoughReads) {
    Runnable then =
        () -> {
          if (moreWaits && reads - enoughReads < 0) {
            hearFirst(enoughReads);
          } else {
            wakeDue();
          }
        };
    channel.eventLoop().schedule(then, HEAR_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void wakeDue() {
    ticking = false;
    long now = now();
    try {
      transfers.removeIf(transfer -> wake(transfer, now));
      outlet.flush();
    } finally {
      tickLater();
    }
  }

  private static boolean isDue(Transfer transfer, long now) {
    return now >= transfer.machine().wakeAt();
  }

  private boolean wake(Transfer transfer, long now) {
    if (!isDue(transfer, now)) {
      return false;
    }
    try {
      transfer.wake(now);
    } catch (RuntimeException | InternalError e) {
      unreadable(transfer, e);
      return true;
    }
    if (transfer.over()) {
      end(transfer);
    }
    return transfer.over();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    transfers.removeIf(transfer -> {
      transfer.end(journal);
      return true;
    });
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (!outlet.failed(cause)) {
      reception.broken(cause);
    }
  }
}
