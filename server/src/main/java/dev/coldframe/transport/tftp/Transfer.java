package dev.coldframe.transport.tftp;

import dev.coldframe.decide.Caller;
import dev.coldframe.decide.TftpOptions;
import dev.coldframe.decide.TftpOutcome;
import dev.coldframe.decide.TftpTransfer;
import dev.coldframe.transport.FileJournal;
import dev.coldframe.transport.content.Content;
import dev.coldframe.wire.tftp.TftpCodec;
import dev.coldframe.wire.tftp.TftpMessage;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;

/// A running transfer: the state machine, its file, and the socket that its blocks leave by. Owned
/// by the loop of its transfer port.
final class Transfer {
  private final Asking asking;
  private final Content content;
  private final TftpOptions options;
  private final TftpTransfer machine;
  private final Outlet outlet;

  Transfer(Asking asking, TftpOutcome.Transfer wanted, Content content, Outlet outlet) {
    this.asking = asking;
    this.content = content;
    this.options = wanted.options();
    this.machine = new TftpTransfer(options, content.sizeBytes(), wanted.patience());
    this.outlet = outlet;
  }

  Peer peer() {
    return asking.peer();
  }

  boolean isNode() {
    return asking.caller() instanceof Caller.OfNode;
  }

  /// Whether that is the request that began this transfer.
  boolean answers(TftpMessage request) {
    return asking.message().equals(request);
  }

  TftpTransfer machine() {
    return machine;
  }

  boolean over() {
    return machine.state().over();
  }

  void start(long now) {
    perform(machine.start(now));
  }

  void acknowledge(int block, long now) {
    perform(machine.acknowledge(block, now));
  }

  void repeat(long now) {
    perform(machine.repeat(now));
  }

  void wake(long now) {
    perform(machine.wake(now));
  }

  private void perform(TftpTransfer.Send send) {
    switch (send) {
      case NOTHING -> {}
      case OPTIONS ->
          outlet.send(new TftpMessage.Oack(options.answer(content.sizeBytes())), peer().socket());
      case BLOCKS -> blocks();
    }
  }

  private void blocks() {
    int segmentBytes = TftpCodec.DATA_HEAD_BYTES + machine.blockSizeBytes();
    int together = outlet.segmentsOf(segmentBytes);
    long block = machine.firstBlock();
    int left = machine.blockCount();
    while (left > 0) {
      int count = Math.min(left, together);
      ByteBuf buffer = outlet.alloc().directBuffer(count * segmentBytes);
      try {
        for (int i = 0; i < count; i++) {
          append(block++, buffer);
        }
      } catch (RuntimeException | InternalError e) {
        // InternalError: the file behind a mapping was cut short.
        buffer.release();
        throw e;
      }
      outlet.send(buffer, segmentBytes, peer().socket());
      left -= count;
    }
  }

  private void append(long block, ByteBuf buffer) {
    int length = machine.lengthOf(block);
    buffer.writeInt(TftpCodec.dataHead(block));
    if (length > 0) {
      ByteBuffer target = buffer.internalNioBuffer(buffer.writerIndex(), length);
      content.read(machine.positionOf(block), target);
      buffer.writerIndex(buffer.writerIndex() + length);
    }
  }

  /// Gives the file back and writes down how it ended.
  void end(FileJournal journal) {
    String origin = content.origin();
    content.close();
    switch (machine.state()) {
      case SERVED -> journal.served(asking.caller(), asking.path(), content.sizeBytes(), origin);
      case PROBED -> journal.probed(asking.caller(), asking.path());
      case STOPPED -> broken(journal, "the client ended the transfer");
      case SILENT -> broken(journal, silence());
      case OFFERED, SENDING -> broken(journal, "dropped for another transfer");
    }
  }

  /// What the silence of a client tells of the way to it; the doctor goes by these words.
  private String silence() {
    if (machine.noBlockArrived()) {
      return "no block gets through";
    }
    return machine.neverAnswered() ? "the client never answered" : "the client fell silent";
  }

  /// As [#end], for a file that cannot be read any more.
  void endUnreadable(FileJournal journal) {
    content.close();
    broken(journal, "file unreadable");
  }

  private void broken(FileJournal journal, String reason) {
    String told = machine.endedAtWrap() ? "the loader cannot count blocks over 65535" : reason;
    journal.broken(asking.caller(), asking.path(), machine.arrivedBytes(), told);
  }
}
