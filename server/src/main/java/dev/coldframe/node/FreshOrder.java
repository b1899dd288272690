package dev.coldframe.node;

/// In which order one of several appliances looks at the addresses of a pool that nobody ever had,
/// so that they seldom offer one address to two clients. The database decides all the same.
///
/// Two appliances begin at each border, one upwards and one downwards; which border comes next
/// halves the widest part that is left. The pool is a ring: each comes to every address.
///
/// ```
///   0─▶            ◀─5│4─▶            ◀─3│2─▶            ◀─7│6─▶            ◀─1
/// ```
final class FreshOrder {
  private FreshOrder() {}

  /// Where an appliance looks at a step.
  ///
  /// @param place which of the appliances it is, from 0
  /// @param step from 0 to below `size`
  /// @param size of the pool; at most 2³²
  /// @return counted from the pool's first address
  static long at(int place, long step, long size) {
    // 0, 1/2, 1/4, 3/4, 1/8, … of 2³²: the bits of a number, read backwards.
    long part = Integer.toUnsignedLong(Integer.reverse(place >> 1));
    long border = (size * part) >>> Integer.SIZE;
    return Math.floorMod(place % 2 == 0 ? border + step : border - 1 - step, size);
  }
}
