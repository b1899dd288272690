/// NTP on real interfaces: requests are answered on one loop of their own, and once a second
/// another thread looks where the time comes from.
@NullMarked
package dev.coldframe.transport.ntp;

import org.jspecify.annotations.NullMarked;
