package dev.coldframe.transport.dhcp;

import dev.coldframe.node.LeaseBook;
import dev.coldframe.node.Recent;
import dev.coldframe.store.Chronicle;
import dev.coldframe.store.LeaseStore;
import dev.coldframe.store.Worlds;
import dev.coldframe.transport.Counters;
import java.time.InstantSource;

/// What the DHCP sockets of all links share. Only the one DHCP loop touches the book.
///
/// @param worlds the present world; learns and adopts
/// @param book whose addresses are
/// @param recent what boards did of late
/// @param store where leases are kept
/// @param chronicle the journal
/// @param counters counts what is not answered
/// @param steady the time of leases
/// @param clock the time of journal events
public record DhcpService(
    Worlds worlds,
    LeaseBook book,
    Recent recent,
    LeaseStore store,
    Chronicle chronicle,
    Counters counters,
    InstantSource steady,
    InstantSource clock) {}
