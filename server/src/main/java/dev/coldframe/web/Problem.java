package dev.coldframe.web;

import dev.coldframe.decide.Ruling;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Ends a request with a problem of RFC 9457.
final class Problem extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;

  /// @param detail one sentence that says what to do
  Problem(int status, String detail) {
    super(detail, null, false, false);
    this.status = status;
  }

  static Problem of(Ruling.Why why, String text) {
    return new Problem(
        switch (why) {
          case UNKNOWN -> 404;
          case INVALID -> 400;
          case CONFLICT -> 409;
        },
        text);
  }

  int status() {
    return status;
  }

  ObjectNode json() {
    ObjectNode out = JsonMapper.shared().createObjectNode();
    out.put("type", "about:blank");
    out.put("title", title());
    out.put("status", status);
    out.put("detail", getMessage());
    return out;
  }

  private String title() {
    return switch (status) {
      case 400 -> "Bad Request";
      case 401 -> "Unauthorized";
      case 403 -> "Forbidden";
      case 404 -> "Not Found";
      case 405 -> "Method Not Allowed";
      case 409 -> "Conflict";
      case 413 -> "Content Too Large";
      case 415 -> "Unsupported Media Type";
      case 421 -> "Misdirected Request";
      case 502 -> "Bad Gateway";
      case 503 -> "Service Unavailable";
      default -> "Internal Server Error";
    };
  }
}
