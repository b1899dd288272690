package dev.coldframe.boot;

import dev.coldframe.node.Profile.ClientClass;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The network boot loaders of PCs and servers. Debian packages bring them to the appliance:
/// `ipxe`, `shim-signed`, `grub-efi-amd64-signed` or `-bin`, and the same for arm64. They stand
/// behind the TFTP root, so that a file of the same path there goes before them.
public final class Loaders {
  /// What iPXE reads.
  public static final String IPXE_SCRIPT = "boot.ipxe";

  /// What GRUB reads when it was loaded from a network: Debian builds it with this prefix.
  public static final String GRUB_SCRIPT = "grub/grub.cfg";

  private static final String IPXE_UEFI = "ipxe/snponly.efi";
  private static final String IPXE_BIOS = "ipxe/undionly.kpxe";
  private static final String GRUB_ARM64 = "grub/grubnetaa64.efi";

  /// Where each lies on the appliance; the first that is there is served.
  private static final Map<String, List<String>> PLACES = places();

  private Loaders() {}

  /// Whether a file is a script that some loader reads, and that tells the kernel its command line.
  public static boolean isScript(String path) {
    return path.equals(UBootScript.PATH) || path.equals(IPXE_SCRIPT) || path.equals(GRUB_SCRIPT);
  }

  /// What a node gets that boots an image and whose profile names no boot file for its kind.
  ///
  /// @param kind of client
  /// @return empty for HTTP boot of arm64: Debian's GRUB was seen to find no network there
  public static Optional<String> bootFile(ClientClass kind) {
    return switch (kind) {
      case UEFI_X64, HTTP_X64 -> Optional.of(IPXE_UEFI);
      case UEFI_ARM64 -> Optional.of(GRUB_ARM64);
      case HTTP_ARM64 -> Optional.empty();
      case BIOS -> Optional.of(IPXE_BIOS);
      case IPXE -> Optional.of(IPXE_SCRIPT);
      case UBOOT -> Optional.of(UBootScript.PATH);
    };
  }

  /// The paths that may be there.
  public static Set<String> paths() {
    return PLACES.keySet();
  }

  /// Where a loader may lie on the appliance, in order, absolute; none when the path is no
  /// loader's.
  public static List<String> places(String path) {
    return Optional.ofNullable(PLACES.get(path)).orElse(List.of());
  }

  private static Map<String, List<String>> places() {
    var out = new LinkedHashMap<String, List<String>>();
    for (String name : List.of("snponly.efi", "ipxe.efi", "undionly.kpxe")) {
      out.put("ipxe/" + name, List.of("/usr/lib/ipxe/" + name));
    }
    grub(out, "x64", "x86_64-efi");
    grub(out, "aa64", "arm64-efi");
    return Map.copyOf(out);
  }

  /// Shim loads `grub*.efi` from the folder that it came from.
  private static void grub(Map<String, List<String>> out, String cpu, String target) {
    String lib = "/usr/lib/grub/" + target;
    String net = "grubnet" + cpu + ".efi";
    List<String> grub = List.of(lib + "-signed/" + net + ".signed", lib + "/monolithic/" + net);
    out.put("grub/" + net, grub);
    out.put("grub/grub" + cpu + ".efi", grub);
    out.put("grub/shim" + cpu + ".efi", List.of("/usr/lib/shim/shim" + cpu + ".efi.signed"));
  }
}
