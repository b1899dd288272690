/// NTP packets: RFC 5905, section 7.3. Only the 48 bytes of the header are read and written; what
/// follows in a request (extension fields, authentication) is passed over and never answered.
@NullMarked
package dev.coldframe.wire.ntp;

import org.jspecify.annotations.NullMarked;
