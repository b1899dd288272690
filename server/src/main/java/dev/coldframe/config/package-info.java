/// From the config file to a [dev.coldframe.node.Site].
///
/// ```
/// text ─ YamlTree ─▶ Value ─ readers ─▶ typed parts ─ SiteReader ─▶ Site
///                      │        │            │
///                      └────────┴────────────┴──▶ Problems, each with its line and path
/// ```
///
/// Nothing here stops at the first error: a reader reports what is wrong and gives back nothing,
/// and the checks across sections work with whatever could be read.
@NullMarked
package dev.coldframe.config;

import org.jspecify.annotations.NullMarked;
