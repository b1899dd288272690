package dev.coldframe.render;

/// A template that cannot be used. The message is `file:line: what`; it never holds a value that
/// the template was given, for some of them are secret.
public final class TemplateException extends Exception {
  private static final long serialVersionUID = 1L;

  TemplateException(String message) {
    super(message);
  }
}
