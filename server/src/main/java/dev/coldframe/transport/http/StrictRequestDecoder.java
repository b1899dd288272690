package dev.coldframe.transport.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.List;

/// Reads requests, and takes for malformed whatever two readers may understand differently: a line
/// that ends without CR, a header that goes on in the next line, two lengths, a length beside a
/// transfer coding (RFC 9112, sections 2.2, 5.2 and 6.3; row H-04).
final class StrictRequestDecoder extends HttpRequestDecoder {
  private static final int NONE = -1;

  private enum Where {
    BEFORE,
    HEAD,
    BODY
  }

  private Where where = Where.BEFORE;

  /// @param limits how long its parts may be
  StrictRequestDecoder(HttpDecoderConfig limits) {
    super(limits.clone().setStrictLineParsing(true).setAllowDuplicateContentLengths(false));
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf buffer, List<Object> out)
      throws Exception {
    int known = out.size();
    int start = buffer.readerIndex();
    int fold = where == Where.BODY ? NONE : foldAt(buffer);
    if (fold != NONE) {
      // As a line of its own it is none that could be valid.
      buffer.setByte(fold, 0);
    }
    super.decode(ctx, buffer, out);
    if (where == Where.BEFORE && buffer.readerIndex() > start) {
      where = Where.HEAD;
    }
    for (int i = known; i < out.size(); i++) {
      if (out.get(i) instanceof HttpMessage) {
        where = Where.BODY;
      }
      if (out.get(i) instanceof LastHttpContent) {
        where = Where.BEFORE;
      }
    }
  }

  /// Where a line of the head begins with white space, as far as the head has come.
  private int foldAt(ByteBuf buffer) {
    int end = buffer.writerIndex();
    int line = buffer.readerIndex();
    if (where == Where.HEAD && line < end && isBlank(buffer.getByte(line))) {
      return line;
    }
    while (true) {
      line = buffer.indexOf(line, end, (byte) '\n') + 1;
      if (line == 0 || line == end) {
        return NONE;
      }
      byte first = buffer.getByte(line);
      if (isBlank(first)) {
        return line;
      }
      if (first == '\r') {
        return NONE;
      }
    }
  }

  private static boolean isBlank(byte b) {
    return b == ' ' || b == '\t';
  }

  @Override
  protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
    throw new IllegalArgumentException("a length beside a transfer coding");
  }
}
