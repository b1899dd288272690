/// State that several appliances share through one PostgreSQL database. The database is the truth;
/// the databases of the state folder are this appliance's copy of it, from which everything that
/// only reads goes on reading, also while the database is out of reach.
///
/// ```
///   DHCP, operator ──▶ SharedLeaseStore ──▶ SharedWriter ──▶ PostgreSQL ──▶ SharedDatabase (feed)
///                            │ committed                                        │ others' rows
///                            ▼                                                  ▼
///                        leases.db  ◀───────────────────────────────────── FeedReader ──▶ memory
/// ```
@NullMarked
package dev.coldframe.store.shared;

import org.jspecify.annotations.NullMarked;
