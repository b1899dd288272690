package dev.coldframe.rehearse;

import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// From the kernel to ready: the installer in the initramfs, then the installed system. Speaks the
/// contract of the boot plane (architecture, sections 6 and 9), reads answers as a shell script
/// would.
final class Journey {
  /// The order of cloud-init (reference, first-boot, section 7.5).
  private static final List<String> SEEDS =
      List.of("network-config", "meta-data", "user-data", "vendor-data");

  private static final String INSTALLED = "{\"stage\":\"install\",\"result\":\"done\"}";

  private static final int NONCE_BYTES = 16;

  private static final Pattern REPORT_URL =
      Pattern.compile("http://[0-9.]+(?::\\d+)?/-/report/[0-9A-Za-z_-]+");

  private final Bench bench;
  private final BoardSpec spec;
  private final Diary diary;

  Journey(Bench bench) {
    this.bench = bench;
    this.spec = bench.spec();
    this.diary = bench.diary();
  }

  void run() throws IOException, InterruptedException, BootFailure {
    diary.stage("dhcp of the initramfs");
    Lease lease = bench.dhcp(DhcpClient.IPCONFIG);
    diary.stage("installer");
    var http = new PlainHttp(bench.cable(), bench.pace(), lease.address());
    var server = new PlainHttp.Place(lease.server(), bench.cable().port(80), "/-/hello");
    String hello = hello(http, server);
    if (spec.disk().isPresent()) {
      install(http, server, hello, spec.disk().get());
      return;
    }
    String userData = seeds(http, server, field(hello, "seed"));
    PlainHttp.Place report = server.at(field(hello, "report"));
    expect(204, http.post(report, INSTALLED), "the report 'installed'");
    diary.stage("dhcp of the system");
    bench.dhcp(DhcpClient.SYSTEM);
    diary.stage("first boot");
    expect(204, http.post(reportOf(userData, report), ready(lease)), "the report 'ready'");
    diary.stage("ready");
  }

  /// With a disk, all that the system knows is what the installer left there.
  private void install(PlainHttp http, PlainHttp.Place server, String hello, VirtualDisk disk)
      throws IOException, InterruptedException, BootFailure {
    if (new Installer(bench, disk, http, server, field(hello, "install")).run()) {
      PlainHttp.Place report = server.at(field(hello, "report"));
      expect(204, http.post(report, INSTALLED), "the report 'installed'");
    }
    InstalledSystem.boot(bench, disk);
  }

  private String hello(PlainHttp http, PlainHttp.Place place) throws IOException, BootFailure {
    byte[] random = new byte[NONCE_BYTES];
    bench.random().nextBytes(random);
    String nonce = HexFormat.of().formatHex(random);
    String json =
        "{\"serial\":\"%s\",\"mac\":\"%s\",\"nonce\":\"%s\"}"
            .formatted(spec.serial(), spec.mac(), nonce);
    PlainHttp.Answer answer = http.post(place, json);
    expect(200, answer, "the installer's hello");
    if (!field(answer.body(), "nonce").equals(nonce)) {
      throw new BootFailure("the answer to the hello holds another nonce");
    }
    field(answer.body(), "token");
    return answer.body();
  }

  /// All four must be there: a missing one costs cloud-init ten seconds, or the whole first boot.
  private String seeds(PlainHttp http, PlainHttp.Place server, String folder)
      throws IOException, BootFailure {
    String userData = "";
    for (String name : SEEDS) {
      PlainHttp.Answer answer = http.get(server.at(folder + name));
      expect(200, answer, "the seed file " + name);
      diary.seed(name, answer.body());
      if (name.equals("user-data")) {
        userData = answer.body();
        if (!userData.startsWith("#cloud-config")) {
          throw new BootFailure("user-data does not begin with #cloud-config");
        }
      } else if (name.equals("meta-data") && !hasInstanceId(answer.body())) {
        throw new BootFailure(
            "meta-data has no instance-id: cloud-init takes every boot for the same");
      }
    }
    return userData;
  }

  private static boolean hasInstanceId(String metaData) {
    return metaData.lines().anyMatch(line -> line.matches("\"?instance-id\"?:\\s*\\S.*"));
  }

  /// The system knows only what its seed tells it.
  private PlainHttp.Place reportOf(String userData, PlainHttp.Place otherwise) throws BootFailure {
    Matcher url = REPORT_URL.matcher(userData);
    if (url.find()) {
      return PlainHttp.Place.of(url.group(), bench.cable());
    }
    diary.remark("user-data holds no report URL: the system cannot say that it is ready");
    return otherwise;
  }

  /// What a system says that is ready.
  static String ready(Lease lease) {
    return """
    {"stage":"ready","result":"done","config":"applied","sshd":"true","clock":"synchronised",\
    "address":"%s","temperature":"41.2","throttled":"0x0","kernel":"rehearsed","os":"rehearsed"}\
    """
        .formatted(lease.address());
  }

  /// @throws BootFailure when it was answered otherwise
  static void expect(int status, PlainHttp.Answer answer, String what) throws BootFailure {
    if (answer.status() != status) {
      String body = answer.body().strip();
      throw new BootFailure(
          what
              + " was answered "
              + (body.startsWith("" + answer.status()) ? body : answer.status() + " " + body)
                  .strip());
    }
  }

  /// A text field of a flat JSON object, found as `sed` would find it.
  private static String field(String json, String name) throws BootFailure {
    Matcher value = Pattern.compile("\"" + name + "\"\\s*:\\s*\"([^\"\\\\]*)\"").matcher(json);
    if (!value.find()) {
      throw new BootFailure("the answer to the hello has no " + name);
    }
    return value.group(1);
  }
}
