package dev.coldframe.wire.dns;

/// Record types and classes that are told apart (RFC 1035, section 3.2.2, and later ones).
public final class DnsType {
  public static final int A = 1;
  public static final int NS = 2;
  public static final int CNAME = 5;
  public static final int SOA = 6;
  public static final int PTR = 12;
  public static final int HINFO = 13;
  public static final int TXT = 16;
  public static final int AAAA = 28;
  public static final int SRV = 33;
  public static final int OPT = 41;
  public static final int ANY = 255;

  /// The class of the Internet.
  public static final int CLASS_IN = 1;

  private static final int FIRST_META = 128;

  private DnsType() {}

  /// Whether the type asks for something else than records: transfers, signatures, mail boxes of
  /// old (RFC 6895, section 3.1). ANY counts as records.
  public static boolean isMeta(int type) {
    return type == 0 || type == OPT || (type >= FIRST_META && type < ANY);
  }
}
