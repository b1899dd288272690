package dev.coldframe.transport.http;

import dev.coldframe.net.ByteRange;
import dev.coldframe.net.Bytes;
import dev.coldframe.net.Ip4;
import dev.coldframe.transport.BootPlane;
import dev.coldframe.transport.content.Content;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.DefaultFileRegion;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpHeadersFactory;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.function.Consumer;
import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;

/// One request and its answer. All methods but [#onLoop] run on the connection's loop. Every answer
/// carries Content-Length: a Pi's HTTP client knows no chunked encoding.
final class Exchange {
  /// All values are ours; none is made of what a client sent.
  private static final HttpHeadersFactory HEADERS =
      DefaultHttpHeadersFactory.headersFactory().withValidation(false);

  private final ChannelHandlerContext ctx;
  private final BootPlane plane;
  private final Ends ends;
  private final Consumer<ChannelHandlerContext> done;
  private final boolean malformed;
  private final boolean keepAlive;
  private final boolean head;
  private final @Nullable String range;
  private final @Nullable String ifRange;
  private final @Nullable String ifNoneMatch;

  Exchange(
      ChannelHandlerContext ctx,
      BootPlane plane,
      Ends ends,
      FullHttpRequest request,
      Consumer<ChannelHandlerContext> done) {
    this.ctx = ctx;
    this.plane = plane;
    this.ends = ends;
    this.done = done;
    this.malformed = request.decoderResult().isFailure();
    this.keepAlive = HttpUtil.isKeepAlive(request) && !malformed;
    this.head = request.method().equals(HttpMethod.HEAD);
    this.range = request.headers().get(HttpHeaderNames.RANGE);
    this.ifRange = request.headers().get(HttpHeaderNames.IF_RANGE);
    this.ifNoneMatch = request.headers().get(HttpHeaderNames.IF_NONE_MATCH);
  }

  Ip4 source() {
    return ends.client();
  }

  /// The address that the client reached us by, for URLs that lead back to us.
  String here() {
    return "http://" + ends.local() + (ends.localPort() == 80 ? "" : ":" + ends.localPort());
  }

  /// Runs on the connection's loop, from any thread.
  void onLoop(Runnable task) {
    ctx.executor().execute(task);
  }

  /// Closes without an answer.
  void drop() {
    ctx.close();
  }

  void refuseMalformed(Throwable cause) {
    plane.counters().count("http", "malformed request");
    status(
        switch (cause) {
          case TooLongHttpLineException _ -> 414;
          case TooLongHttpHeaderException _ -> 431;
          default -> 400;
        });
  }

  /// Answers with a status and no body worth reading.
  void status(int code) {
    HttpResponseStatus status = HttpResponseStatus.valueOf(code);
    boolean empty = code == 204 || code == 304;
    String text = empty ? "" : status.code() + " " + status.reasonPhrase() + "\n";
    body(status, Bytes.of(text, java.nio.charset.StandardCharsets.US_ASCII), "text/plain");
  }

  /// Answers with a body that is made for this client alone.
  ///
  /// @param then runs when the body has left completely
  void once(Bytes bytes, String type, Runnable then) {
    HttpResponse response = response(HttpResponseStatus.OK, bytes.size(), type);
    response.headers().set(HttpHeaderNames.CACHE_CONTROL, "no-store");
    if (!head) {
      send(response, Unpooled.wrappedBuffer(bytes.toArray()), then);
    } else {
      send(response, null, () -> {});
    }
  }

  void body(HttpResponseStatus status, Bytes bytes, String type) {
    HttpResponse response = response(status, bytes.size(), type);
    send(response, head ? null : Unpooled.wrappedBuffer(bytes.toArray()), () -> {});
  }

  /// Answers with a file: whole, a part, or not at all when the client has it (rows H-02, H-03).
  ///
  /// @param sent called with the origin and the number of bytes when they have left completely
  void content(Content content, ObjLongConsumer<String> sent) {
    String tag = "\"" + content.etag() + "\"";
    if (ifNoneMatch != null && matches(ifNoneMatch, tag)) {
      content.close();
      HttpResponse response = response(HttpResponseStatus.NOT_MODIFIED, 0, null);
      response.headers().set(HttpHeaderNames.ETAG, tag);
      send(response, null, () -> {});
      return;
    }
    boolean ranged = range != null && (ifRange == null || ifRange.equals(tag));
    ByteRange.Request asked =
        ranged && range != null
            ? ByteRange.parse(range, content.sizeBytes())
            : new ByteRange.Request.Whole();
    switch (asked) {
      case ByteRange.Request.Whole() ->
          part(content, new ByteRange(0, content.sizeBytes()), false, sent);
      case ByteRange.Request.Part(ByteRange part) -> part(content, part, true, sent);
      case ByteRange.Request.Unsatisfiable() -> {
        HttpResponse response =
            response(HttpResponseStatus.REQUESTED_RANGE_NOT_SATISFIABLE, 0, null);
        response.headers().set(HttpHeaderNames.CONTENT_RANGE, "bytes */" + content.sizeBytes());
        content.close();
        send(response, null, () -> {});
      }
    }
  }

  private static boolean matches(String header, String tag) {
    for (String one : header.split(",", -1)) {
      String candidate = one.trim();
      if (candidate.equals("*") || candidate.equals(tag) || candidate.equals("W/" + tag)) {
        return true;
      }
    }
    return false;
  }

  private void part(
      Content content, ByteRange part, boolean partial, ObjLongConsumer<String> sent) {
    HttpResponse response =
        response(
            partial ? HttpResponseStatus.PARTIAL_CONTENT : HttpResponseStatus.OK,
            part.length(),
            "application/octet-stream");
    HttpHeaders headers = response.headers();
    headers.set(HttpHeaderNames.ETAG, "\"" + content.etag() + "\"");
    headers.set(HttpHeaderNames.ACCEPT_RANGES, "bytes");
    if (partial) {
      headers.set(
          HttpHeaderNames.CONTENT_RANGE,
          "bytes " + part.first() + "-" + part.last() + "/" + content.sizeBytes());
    }
    if (head) {
      content.close();
      send(response, null, () -> {});
      return;
    }
    String origin = content.origin();
    Runnable then = () -> sent.accept(origin, part.length());
    switch (content) {
      case Content.Memory(var bytes, _, _) -> {
        ByteBuf slice =
            Unpooled.wrappedBuffer(bytes.slice((int) part.first(), (int) part.length()));
        content.close();
        send(response, slice, then);
      }
      case Content.OnDisk disk -> send(response, new SharedFileRegion(disk, part), then);
      case Content.Joined joined -> joined(response, joined, part, then);
    }
  }

  /// Each part goes as its own region; the content is given back when the last has left or failed.
  private void joined(
      HttpResponse response, Content.Joined content, ByteRange range, Runnable then) {
    var regions = new ArrayList<Object>();
    long at = range.first();
    long end = range.first() + range.length();
    while (at < end) {
      int index = content.indexAt(at);
      Content.Part part = content.parts().get(index);
      long from = at - content.starts()[index];
      long length = Math.min(part.bytes().byteSize() - from, end - at);
      regions.add(region(part, from, length));
      at += length;
    }
    ctx.write(response);
    regions.forEach(ctx::write);
    ChannelFuture last = ctx.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT);
    last.addListener(_ -> content.close());
    finish(last, then);
  }

  private static Object region(Content.Part part, long from, long length) {
    if (part.channel().isPresent()) {
      return new SharedFileRegion(part.channel().get(), part.offset() + from, length, () -> {});
    }
    return Unpooled.wrappedBuffer(part.bytes().asSlice(from, length).asByteBuffer());
  }

  /// A region that gives its content back instead of closing the shared channel.
  private static final class SharedFileRegion extends DefaultFileRegion {
    private final Runnable sent;

    SharedFileRegion(Content.OnDisk content, ByteRange part) {
      this(content.channel(), content.offset() + part.first(), part.length(), content::close);
    }

    /// @param sent called when it has left, or never will
    SharedFileRegion(FileChannel channel, long position, long length, Runnable sent) {
      super(channel, position, length);
      this.sent = sent;
    }

    @Override
    protected void deallocate() {
      sent.run();
    }
  }

  private HttpResponse response(HttpResponseStatus status, long length, @Nullable String type) {
    HttpResponse response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, status, HEADERS);
    HttpHeaders headers = response.headers();
    if (status.code() != 204 && status.code() != 304) {
      headers.set(HttpHeaderNames.CONTENT_LENGTH, length);
    }
    if (type != null) {
      headers.set(HttpHeaderNames.CONTENT_TYPE, type);
    }
    headers.set(HttpHeaderNames.DATE, HttpDate.of(plane.clock().instant()));
    if (!keepAlive) {
      headers.set(HttpHeaderNames.CONNECTION, "close");
    }
    return response;
  }

  private void send(HttpResponse head, @Nullable Object body, Runnable then) {
    if (body instanceof ByteBuf bytes) {
      var full =
          new DefaultFullHttpResponse(
              head.protocolVersion(), head.status(), bytes, head.headers(), emptyTrailers());
      finish(ctx.writeAndFlush(full), then);
      return;
    }
    ctx.write(head);
    if (body != null) {
      ctx.write(body);
    }
    finish(ctx.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT), then);
  }

  private static HttpHeaders emptyTrailers() {
    return io.netty.handler.codec.http.EmptyHttpHeaders.INSTANCE;
  }

  private void left() {
    if (malformed) {
      // Closed while the rest still comes, the client would be reset before it has read the answer.
      ((DuplexChannel) ctx.channel()).shutdownOutput();
    } else if (!keepAlive) {
      ctx.close();
    }
    // Only now: who does not read gets no second answer to hold.
    done.accept(ctx);
  }

  private void finish(ChannelFuture future, Runnable then) {
    future.addListener(result -> {
      try {
        if (result.isSuccess()) {
          then.run();
        }
      } finally {
        left();
      }
    });
  }
}
