package dev.coldframe.decide;

import dev.coldframe.wire.tftp.TftpError;
import java.time.Duration;

/// One file on its way to one client (RFC 1350, section 6; RFC 7440). Deals in block numbers only:
/// whoever owns it reads the bytes, sends, and calls [#wake] when [#wakeAt] has come.
///
/// ```
///  start ─▶ OFFERED ──first ACK──▶ SENDING ──ACK of the last block──▶ SERVED
///             │ │                     │ │
///             │ └─error 0 or 8─▶ PROBED │ └─error──────────────────▶ STOPPED
///             └────────────── silence ──┴──────────────────────────▶ SILENT
/// ```
///
/// Mutable and without locks, owned by one thread: an acknowledgement makes no object. Blocks count
/// from 1 without end; the wire shows their low 16 bits, so 65535 is followed by 0. Only an
/// acknowledgement of a block in flight moves anything: a duplicate or foreign one is no reason to
/// send (RFC 1123, section 4.2.3.1). Times are nanoseconds of any monotonic clock.
public final class TftpTransfer {
  /// How often the first answer is sent again to a peer that never spoke a second time: it may be
  /// the victim of a forged source.
  static final int MAX_FIRST_RESENDS = 5;

  /// How often a window is sent again to a peer that acknowledged something before.
  static final int MAX_RESENDS = 10;

  /// As long as a Pi's own limit for one file.
  static final Duration MAX_SILENCE = Duration.ofSeconds(30);

  /// A repeated request this long after the last acknowledgement comes from a client that began
  /// again, not from a network that delivered twice.
  static final Duration RESTART_AFTER = Duration.ofSeconds(1);

  private static final int BLOCKS_BEFORE_WRAP = 65_535;

  /// What is to be sent now.
  public enum Send {
    NOTHING,
    /// The OACK.
    OPTIONS,
    /// The blocks from [#firstBlock], [#blockCount] of them.
    BLOCKS
  }

  /// Where the transfer stands.
  public enum State {
    /// The first answer is not acknowledged.
    OFFERED,
    SENDING,
    /// Every block was acknowledged.
    SERVED,
    /// The client looked at the first answer and wants no more.
    PROBED,
    /// The client ended it with an error.
    STOPPED,
    /// The client said nothing for too long.
    SILENT;

    /// Whether nothing is to come any more.
    public boolean over() {
      return this != OFFERED && this != SENDING;
    }
  }

  private final int blockSizeBytes;
  private final int windowSize;
  private final boolean withOptions;
  private final long sizeBytes;
  private final long lastBlock;
  private final long silenceNanos;
  private final RoundTrip roundTrip;

  private State state = State.OFFERED;
  private long acknowledged;
  private long sentThrough;
  private int resends;
  private boolean resent;
  private long sentAt;
  private long heardAt;
  private long wakeAt;

  /// @param options as taken
  /// @param sizeBytes the file's size
  /// @param patience how resends are timed, unless the client asked for a timeout
  public TftpTransfer(TftpOptions options, long sizeBytes, Patience patience) {
    this.blockSizeBytes = options.blockSizeBytes();
    this.windowSize = options.windowSize();
    this.withOptions = !options.accepted().isEmpty();
    this.sizeBytes = sizeBytes;
    this.lastBlock = sizeBytes / blockSizeBytes + 1;
    this.roundTrip = new RoundTrip(patience, options.timeout());
    long asked = options.timeout().map(Duration::toNanos).orElse(0L);
    this.silenceNanos = Math.max(MAX_SILENCE.toNanos(), 3 * asked);
  }

  /// The first answer: the OACK, or block 1 where no option was taken.
  public Send start(long now) {
    state = State.OFFERED;
    acknowledged = 0;
    sentThrough = withOptions ? 0 : 1;
    resends = 0;
    resent = false;
    heardAt = now;
    return flight(now);
  }

  /// The client acknowledges a block.
  ///
  /// @param block as on the wire, 0 to 65535
  public Send acknowledge(int block, long now) {
    if (state.over()) {
      return Send.NOTHING;
    }
    if (awaitsOptions()) {
      if (block != 0) {
        return Send.NOTHING;
      }
    } else {
      long ahead = (block - acknowledged) & 0xffff;
      if (ahead == 0 || ahead > sentThrough - acknowledged) {
        return Send.NOTHING;
      }
      acknowledged += ahead;
    }
    progress(now);
    if (acknowledged == lastBlock) {
      state = State.SERVED;
      return Send.NOTHING;
    }
    long before = sentThrough;
    sentThrough = Math.min(acknowledged + windowSize, lastBlock);
    // A window that begins with blocks already sent cannot tell which of them is acknowledged.
    resent = before > acknowledged;
    return flight(now);
  }

  private void progress(long now) {
    if (!resent) {
      roundTrip.measured(now - sentAt);
    }
    state = State.SENDING;
    resends = 0;
    heardAt = now;
  }

  /// The client repeats its request: it gets the same answer until it has acknowledged one, and the
  /// file from its start when it seems to have begun again.
  public Send repeat(long now) {
    if (state.over()) {
      return Send.NOTHING;
    }
    if (state == State.OFFERED) {
      resent = true;
      return flight(now);
    }
    return now - heardAt >= RESTART_AFTER.toNanos() ? start(now) : Send.NOTHING;
  }

  /// Whether only the acknowledgement of the last block is missing. A request that comes then is a
  /// new one: it left the client before, or overtook, that acknowledgement.
  public boolean finishing() {
    return state == State.SENDING && sentThrough == lastBlock;
  }

  /// The client asks for something else from the same port. Where the last block is on its way, it
  /// has that block; otherwise it gave up.
  public void supersede() {
    boolean oneBlock = state == State.OFFERED && !withOptions && lastBlock == 1;
    if (finishing() || oneBlock) {
      acknowledged = lastBlock;
      state = State.SERVED;
    }
  }

  /// The time of [#wakeAt] has come.
  public Send wake(long now) {
    if (state.over() || now < wakeAt) {
      return Send.NOTHING;
    }
    int limit = state == State.OFFERED ? MAX_FIRST_RESENDS : MAX_RESENDS;
    if (resends >= limit || now - heardAt >= silenceNanos) {
      state = State.SILENT;
      return Send.NOTHING;
    }
    resends++;
    resent = true;
    return flight(now);
  }

  /// The client ends the transfer with an error; there is no answer to that.
  public void stop(int errorCode) {
    if (!state.over()) {
      boolean probe =
          state == State.OFFERED
              && (errorCode == TftpError.NOT_DEFINED || errorCode == TftpError.OPTIONS_REFUSED);
      state = probe ? State.PROBED : State.STOPPED;
    }
  }

  private Send flight(long now) {
    sentAt = now;
    wakeAt = now + roundTrip.timeoutNanos(resends);
    return awaitsOptions() ? Send.OPTIONS : Send.BLOCKS;
  }

  private boolean awaitsOptions() {
    return withOptions && state == State.OFFERED;
  }

  /// Where it stands.
  public State state() {
    return state;
  }

  /// The first block to be sent, from 1.
  public long firstBlock() {
    return acknowledged + 1;
  }

  /// How many blocks are to be sent from there.
  public int blockCount() {
    return (int) (sentThrough - acknowledged);
  }

  /// Where a block's payload begins in the file.
  public long positionOf(long block) {
    return (block - 1) * blockSizeBytes;
  }

  /// How long a block's payload is; 0 for the last block of a file that is a multiple.
  public int lengthOf(long block) {
    return (int) Math.min(blockSizeBytes, sizeBytes - positionOf(block));
  }

  /// Payload of all blocks but the last.
  public int blockSizeBytes() {
    return blockSizeBytes;
  }

  /// How much has surely arrived.
  public long arrivedBytes() {
    return Math.min(acknowledged * blockSizeBytes, sizeBytes);
  }

  /// When [#wake] is due.
  public long wakeAt() {
    return wakeAt;
  }

  /// When the client was last heard of.
  public long heardAt() {
    return heardAt;
  }

  /// Whether it ended where a loader that cannot count over 65535 ends (before the EEPROM of
  /// 2025-09-23; raspberry-pi-boot.md, section 3.2).
  public boolean endedAtWrap() {
    return state.over() && state != State.SERVED && acknowledged == BLOCKS_BEFORE_WRAP;
  }

  /// Whether the client took the options but never acknowledged a block: blocks of that size do not
  /// get through.
  public boolean noBlockArrived() {
    return state == State.SILENT && acknowledged == 0 && withOptions && sentThrough > 0;
  }

  /// Whether nothing of what was sent was ever acknowledged: the answers do not reach the client,
  /// or its own do not come back.
  public boolean neverAnswered() {
    return state == State.SILENT && acknowledged == 0 && !noBlockArrived();
  }
}
