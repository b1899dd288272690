package dev.coldframe.bench.peers;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What is measured: a task, the servers that do it, and the load.
enum Case {
  DHCP_PINS(
      "dhcp-pins",
      "DHCP exchanges of 1,000 pinned clients",
      Service.DHCP,
      1_000,
      "small",
      "perfdhcp") {
    @Override
    Map<String, Double> measure(Load load) throws IOException, InterruptedException {
      return load.exchanges(pins(), false);
    }
  },
  DHCP_POOL("dhcp-pool", "New leases from a pool", Service.POOL, 0, "small", "perfdhcp") {
    @Override
    Map<String, Double> measure(Load load) throws IOException, InterruptedException {
      return load.exchanges(0, true);
    }
  },
  DHCP_RENEW(
      "dhcp-renew",
      "Renewals of 1,000 pinned clients",
      Service.DHCP,
      1_000,
      "small",
      "a sender, 64 on the way") {
    @Override
    Map<String, Double> measure(Load load) throws IOException, InterruptedException {
      return load.renewals(pins());
    }
  },
  DHCP_HALF(
      "dhcp-half",
      "DHCP exchanges of 1,000 pinned clients at half of each server's own most",
      Service.DHCP,
      1_000,
      "small",
      "a sender, at even times") {
    @Override
    Map<String, Double> measure(Load load) throws IOException, InterruptedException {
      return load.half(pins());
    }
  },
  START_1K("start-1k", "Cold start with 1,000 pins", Service.DHCP, 1_000, "small", "") {
    @Override
    Map<String, Double> measure(Load load) throws IOException {
      return started(load);
    }
  },
  START_50K("start-50k", "Cold start with 50,000 pins", Service.DHCP, 50_000, "small", "") {
    @Override
    Map<String, Double> measure(Load load) throws IOException {
      return started(load);
    }
  },
  IDLE("idle", "At rest with 1,000 pins", Service.DHCP, 1_000, "small", "") {
    @Override
    Map<String, Double> measure(Load load) throws IOException, InterruptedException {
      Thread.sleep(SETTLE_MILLIS);
      return Map.of("rss", load.server().rssMib());
    }
  },
  STORM_64("storm-64", "64 Pis at once", Service.BOOT, 64, "full", "rehearse --storm") {
    @Override
    Map<String, Double> measure(Load load) throws IOException, InterruptedException {
      return load.storm(pins());
    }
  },
  STORM_1000(
      "storm-1000",
      "1,000 Pis at once, large files a quarter",
      Service.BOOT,
      1_000,
      "quarter",
      "rehearse --storm") {
    @Override
    Map<String, Double> measure(Load load) throws IOException, InterruptedException {
      return load.storm(pins());
    }
  },
  TFTP("tftp", "One TFTP reader of 64 MB", Service.TFTP, 0, "small", "curl") {
    @Override
    Map<String, Double> measure(Load load) throws IOException, InterruptedException {
      return load.tftp();
    }
  },
  TFTP_WINDOW(
      "tftp-window",
      "One TFTP reader of 64 MB, blocks of 1468, windows of 64, a round trip of 1 ms",
      Service.TFTP,
      0,
      "small",
      "a reader that holds back what it sends") {
    @Override
    Map<String, Double> measure(Load load) throws IOException, InterruptedException {
      return load.tftpWindow();
    }
  },
  STORM_LOSS_PI(
      "storm-loss-pi",
      "64 readers of a Pi's files, large ones a quarter, 0.1 % lost each way, that may choke on"
          + " duplicates",
      Service.TFTP_PI,
      0,
      "quarter",
      "readers that lose packets") {
    @Override
    Map<String, Double> measure(Load load) throws IOException, InterruptedException {
      return load.lossyStorm();
    }
  },
  STORM_LOSS(
      "storm-loss",
      "64 readers of a Pi's files, large ones a quarter, 0.1 % lost each way, that stand duplicates",
      Service.TFTP,
      0,
      "quarter",
      "readers that lose packets") {
    @Override
    Map<String, Double> measure(Load load) throws IOException, InterruptedException {
      return load.lossyStorm();
    }
  },
  HTTP_4K("http-4k", "HTTP, files of 4 KB", Service.HTTP, 0, "small", "wrk") {
    @Override
    Map<String, Double> measure(Load load) throws IOException, InterruptedException {
      return only(load.http("4k.bin"), "rate", "cpu");
    }
  },
  HTTP_64M("http-64m", "HTTP, files of 64 MB", Service.HTTP, 0, "small", "wrk") {
    @Override
    Map<String, Double> measure(Load load) throws IOException, InterruptedException {
      return only(load.http("64m.bin"), "cpu-gb");
    }
  },
  INSTALL(
      "install",
      "Install of a system image of 512 MiB, read back",
      Service.INSTALL,
      0,
      "image",
      "our installer; wget and dd") {
    @Override
    Map<String, Double> measure(Load load) throws IOException, InterruptedException {
      return only(load.install(), "read-back");
    }
  },
  INSTALL_FULL(
      "install-full",
      "Install of a system image of 512 MiB with hardly an empty block, read back",
      Service.INSTALL,
      0,
      "image-full",
      "our installer; wget and dd") {
    @Override
    Map<String, Double> measure(Load load) throws IOException, InterruptedException {
      return load.install();
    }
  },
  DNS("dns", "DNS, 10,000 names of a local zone", Service.DNS, 0, "small", "dnsperf") {
    @Override
    Map<String, Double> measure(Load load) throws IOException, InterruptedException {
      return load.dns();
    }
  },
  NTP("ntp", "NTP", Service.NTP, 0, "small", "a sender of 64 requests at once") {
    @Override
    Map<String, Double> measure(Load load) throws IOException, InterruptedException {
      return load.ntp();
    }
  };

  /// Until a server that has just started is at rest.
  private static final int SETTLE_MILLIS = 5_000;

  private final String id;
  private final String title;
  private final Service service;
  private final int pins;
  private final String files;
  private final String tool;

  Case(String id, String title, Service service, int pins, String files, String tool) {
    this.id = id;
    this.title = title;
    this.service = service;
    this.pins = pins;
    this.files = files;
    this.tool = tool;
  }

  String id() {
    return id;
  }

  String title() {
    return tool.isEmpty() ? title : title + " (" + tool + ")";
  }

  Service service() {
    return service;
  }

  int pins() {
    return pins;
  }

  /// Which of the folders of files is served.
  String files() {
    return files;
  }

  /// Who does it. A plain start of ours is measured where starts are.
  List<Peer> peers() {
    boolean starts = this == START_1K || this == START_50K;
    return Peer.all().stream()
        .filter(p -> p.services().contains(service))
        .filter(p -> starts || !(p instanceof ColdframePeer ours && ours.isPlain()))
        .toList();
  }

  abstract Map<String, Double> measure(Load load) throws IOException, InterruptedException;

  private static Map<String, Double> started(Load load) throws IOException {
    var out = new LinkedHashMap<String, Double>();
    out.put("start", load.server().started().toNanos() / 1e6);
    out.put("rss", load.server().rssMib());
    return out;
  }

  private static Map<String, Double> only(Map<String, Double> all, String... names) {
    var out = new LinkedHashMap<>(all);
    out.keySet().retainAll(List.of(names));
    return out;
  }
}
