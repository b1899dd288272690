package dev.coldframe.e2e;

/// What a node is that was prepared for Kubernetes, read on the node as the kernel has it.
final class Kubernetes {
  /// The step of first boot, once more on a system that has it behind it.
  private static final String AGAIN =
      "sed -n '/^ready_for_kubernetes()/,/^}/p; /^listed()/,/^}/p'"
          + " /usr/local/sbin/coldframe-first-boot > /tmp/step"
          + " && sudo bash -c '. /tmp/step; ready_for_kubernetes; echo \"$kubernetes\"'";

  private Kubernetes() {}

  /// @param when said before each check
  static void prepared(Proof proof, InstallBench bench, String when) {
    stands(proof, bench, when);
    String fstab = bench.onNode("cat /etc/fstab");
    proof.equal(when + ": the step again", bench.onNode(AGAIN), "ready");
    stands(proof, bench, when + ", the step again");
    proof.equal(when + ": fstab as before", bench.onNode("cat /etc/fstab"), fstab);
  }

  private static void stands(Proof proof, InstallBench bench, String when) {
    proof.holds(
        when + ": memory cgroup",
        " " + bench.onNode("cat /sys/fs/cgroup/cgroup.controllers") + " ",
        " memory ");
    proof.equal(
        when + ": modules",
        bench.onNode("lsmod | cut -d ' ' -f 1 | grep -xE 'overlay|br_netfilter' | sort | xargs"),
        "br_netfilter overlay");
    proof.equal(
        when + ": sysctls",
        bench.onNode(
            "/sbin/sysctl -n net.ipv4.ip_forward net.bridge.bridge-nf-call-iptables"
                + " net.bridge.bridge-nf-call-ip6tables | xargs"),
        "1 1 1");
    proof.equal(when + ": no swap", bench.onNode("tail -n +2 /proc/swaps"), "");
  }
}
