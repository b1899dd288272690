package dev.coldframe.store.shared;

import dev.coldframe.net.Ip4;
import dev.coldframe.store.image.ImageFetch;
import dev.coldframe.store.image.ImageName;
import java.net.URI;
import java.util.regex.Pattern;

/// An image that another appliance says it has.
///
/// @param appliance the other one's id
/// @param address where it is fetched, `192.168.0.2:80`
/// @param version of its row; grows with each change
record ImageCopy(String appliance, ImageFetch.Wanted image, String address, long version) {
  private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");
  private static final Pattern PORT = Pattern.compile("[1-9][0-9]{0,4}");
  private static final int MAX_PORT = 65_535;

  /// The same for each word that one appliance gives of one content.
  String key() {
    return appliance + " " + image.sha256();
  }

  /// Whether files can be named, and another appliance called, by what it says. Who writes to the
  /// database must not choose either.
  boolean isSound() {
    return HASH.matcher(image.sha256()).matches()
        && ImageName.isGood(image.name())
        && image.sizeBytes() > 0
        && isAddress();
  }

  private boolean isAddress() {
    int colon = address.indexOf(':');
    return colon > 0
        && Ip4.tryParse(address.substring(0, colon)).isPresent()
        && PORT.matcher(address.substring(colon + 1)).matches()
        && Integer.parseInt(address.substring(colon + 1)) <= MAX_PORT;
  }

  /// Where it is.
  ///
  /// @param pass lets this appliance in
  URI at(String pass) {
    return URI.create("http://" + address + "/-/image/" + image.sha256() + "/" + pass);
  }
}
