package dev.coldframe.decide;

import dev.coldframe.boot.Loaders;
import dev.coldframe.net.Bytes;
import dev.coldframe.net.Ip4;
import dev.coldframe.node.Node;
import dev.coldframe.node.Profile;
import dev.coldframe.node.Profile.ClientClass;
import dev.coldframe.node.Sighting;
import dev.coldframe.node.World;
import dev.coldframe.wire.dhcp.DhcpMessage;
import dev.coldframe.wire.dhcp.DhcpOptions;
import dev.coldframe.wire.dhcp.OptionCode;
import dev.coldframe.wire.dhcp.PiMenu;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The part of a reply that makes a machine boot from here.
///
/// A Pi always gets the whole set, also where nothing is served to it: without option 43 it would
/// wait out 45 seconds instead of going on to its disk (architecture, section 4). It takes its
/// files from the sender, whatever siaddr and option 66 say, so all three are equal. A PC that is
/// served nothing gets no boot class at all.
///
/// @param request what is answered
/// @param who sent it
/// @param server our address for it
/// @param node whose it is, if it is a node's
/// @param world the present world
record BootOffer(DhcpMessage request, Sighting who, Ip4 server, Optional<Node> node, World world) {
  /// "Use the boot file in this reply, look for no other boot server" (PXE 2.1, section 2.2.3:
  /// discovery control, bit 3).
  private static final Bytes PXE_USE_BOOT_FILE = Bytes.of(6, 1, 8, 255);

  private static final String PXE = "PXEClient";
  private static final String HTTP = "HTTPClient";

  /// Adds the options.
  ///
  /// @return what goes into the `file` field
  String addTo(DhcpOptions.Builder options) {
    if (!who.stage().boots()) {
      return "";
    }
    if (who.clientClass().isPresent()) {
      return bootFile().map(file -> pc(options, who.clientClass().get(), file)).orElse("");
    }
    if (who.stage() != Sighting.Stage.FIRMWARE) {
      pi(options);
    }
    return "";
  }

  /// Adds what a proxy says beside another server's offer.
  ///
  /// @return what goes into the `file` field; null where there is nothing to boot from here
  @Nullable String addToProxy(DhcpOptions.Builder options) {
    if (who.clientClass().isPresent()) {
      ClientClass kind = who.clientClass().get();
      if (kind == ClientClass.IPXE) {
        // By that it knows a proxy's offer.
        options.put(OptionCode.VENDOR_CLASS, PXE);
      }
      return bootFile().map(file -> pc(options, kind, file)).orElse(null);
    }
    if (who.stage() == Sighting.Stage.FIRMWARE) {
      // A PC of an architecture that nobody knows; a Pi's menu would tell it nothing.
      return null;
    }
    // In the order and without anything but what was seen to work (raspberry-pi-boot.md, 2.5).
    options.put(OptionCode.VENDOR_CLASS, PXE);
    echoUuid(options);
    options.put(OptionCode.VENDOR, PiMenu.OPTION_43);
    return "";
  }

  private void pi(DhcpOptions.Builder options) {
    options.put(OptionCode.VENDOR_CLASS, PXE);
    options.put(OptionCode.TFTP_SERVER, server.toString());
    echoUuid(options);
    options.put(OptionCode.VENDOR, PiMenu.OPTION_43);
  }

  private void echoUuid(DhcpOptions.Builder options) {
    request
        .options()
        .get(OptionCode.CLIENT_UUID)
        .ifPresent(uuid -> options.put(OptionCode.CLIENT_UUID, uuid));
  }

  private String pc(DhcpOptions.Builder options, ClientClass kind, String file) {
    switch (kind) {
      case UEFI_X64, UEFI_ARM64, BIOS -> {
        options.put(OptionCode.VENDOR_CLASS, PXE);
        options.put(OptionCode.VENDOR, PXE_USE_BOOT_FILE);
      }
      case HTTP_X64, HTTP_ARM64 -> options.put(OptionCode.VENDOR_CLASS, HTTP);
      case IPXE, UBOOT -> {}
    }
    echoUuid(options);
    options.put(OptionCode.TFTP_SERVER, server.toString());
    options.put(OptionCode.BOOT_FILE, file);
    return file.length() < 128 ? file : "";
  }

  private Optional<String> bootFile() {
    Optional<Profile> profile =
        node.map(Node::profile).or(() -> world.site().guests().map(world.site().profiles()::get));
    return profile.flatMap(p -> bootFile(p, who.clientClass().orElseThrow())).map(this::reachable);
  }

  /// A node that boots an image has a loader for each kind of firmware, unless its profile names
  /// another.
  private static Optional<String> bootFile(Profile profile, ClientClass kind) {
    Optional<String> named = Optional.ofNullable(profile.bootfiles().get(kind));
    return named.isEmpty() && profile.bootsImage() ? Loaders.bootFile(kind) : named;
  }

  /// HTTP boot wants a URL. iPXE gets one for its script: what that names is large, and found
  /// beside it.
  private String reachable(String path) {
    boolean http =
        switch (who.clientClass().orElseThrow()) {
          case HTTP_X64, HTTP_ARM64 -> !path.contains("://");
          case IPXE -> path.equals(Loaders.IPXE_SCRIPT) && installs();
          case UEFI_X64, UEFI_ARM64, BIOS, UBOOT -> false;
        };
    return http ? "http://" + server + "/" + path : path;
  }

  private boolean installs() {
    return node.filter(n -> n.profile().bootsImage()).isPresent();
  }
}
