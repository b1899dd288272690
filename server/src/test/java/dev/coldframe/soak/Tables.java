package dev.coldframe.soak;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// How large everything is that hangs on some objects of ours and can grow: each map and each
/// collection in any of their fields, however deep. A table that is added later is found by itself.
final class Tables {
  private static final String OURS = "dev.coldframe.";

  private final SortedMap<String, Long> sizes = new TreeMap<>();
  private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Deque<Found> open = new ArrayDeque<>();

  private record Found(String place, Object object) {}

  private Tables() {}

  /// The entries of each table, all of one kind together, by class and field.
  static SortedMap<String, Long> sizes(Collection<?> roots) {
    var tables = new Tables();
    roots.forEach(root -> tables.find(root.getClass().getSimpleName(), root));
    while (!tables.open.isEmpty()) {
      tables.look(tables.open.pop());
    }
    return tables.sizes;
  }

  private void find(String place, Object object) {
    boolean canHold =
        object instanceof Map<?, ?>
            || object instanceof Collection<?>
            || object instanceof Optional<?>
            || object instanceof AtomicReference<?>
            || object instanceof Object[]
            || (object.getClass().getName().startsWith(OURS) && !(object instanceof Enum<?>));
    if (canHold && seen.add(object)) {
      open.push(new Found(place, object));
    }
  }

  private void look(Found found) {
    switch (found.object()) {
      case Map<?, ?> map -> {
        sizes.merge(found.place(), (long) map.size(), Long::sum);
        all(found.place(), map.keySet());
        all(found.place(), map.values());
      }
      case Collection<?> collection -> {
        sizes.merge(found.place(), (long) collection.size(), Long::sum);
        all(found.place(), collection);
      }
      case Optional<?> some -> some.ifPresent(value -> find(found.place(), value));
      case AtomicReference<?> reference -> some(found.place(), reference.get());
      case Object[] array -> {
        for (Object element : array) {
          some(found.place(), element);
        }
      }
      default -> fields(found.object());
    }
  }

  private void all(String place, Collection<?> elements) {
    elements.forEach(element -> some(place, element));
  }

  private void some(String place, @Nullable Object value) {
    if (value != null) {
      find(place, value);
    }
  }

  private void fields(Object object) {
    Class<?> type = object.getClass();
    while (type != null && type.getName().startsWith(OURS)) {
      for (Field field : type.getDeclaredFields()) {
        if (!Modifier.isStatic(field.getModifiers()) && !field.getType().isPrimitive()) {
          some(name(type) + "." + field.getName(), value(field, object));
        }
      }
      type = type.getSuperclass();
    }
  }

  /// A lambda has no name that stays.
  private static String name(Class<?> type) {
    String name = type.getName().substring(type.getName().lastIndexOf('.') + 1);
    int lambda = name.indexOf("$$Lambda");
    return lambda < 0 ? name : name.substring(0, lambda);
  }

  private static @Nullable Object value(Field field, Object object) {
    try {
      field.setAccessible(true);
      return field.get(object);
    } catch (IllegalAccessException e) {
      throw new AssertionError(e);
    }
  }
}
