package dev.coldframe.testkit;

import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.util.HashMap;
import java.util.Map;

/// Copies of records in which a few components are others.
public final class Records {
  private Records() {}

  /// The same record with other components, through its constructor and what that checks.
  ///
  /// @param record has an accessible constructor
  /// @param changes a component's name and its value, and so on
  @SuppressWarnings("unchecked")
  public static <R extends Record> R with(R record, Object... changes) {
    var other = new HashMap<String, Object>();
    for (int i = 0; i < changes.length; i += 2) {
      other.put((String) changes[i], changes[i + 1]);
    }
    RecordComponent[] components = record.getClass().getRecordComponents();
    var types = new Class<?>[components.length];
    var values = new Object[components.length];
    try {
      for (int i = 0; i < components.length; i++) {
        String name = components[i].getName();
        types[i] = components[i].getType();
        values[i] =
            other.containsKey(name)
                ? other.remove(name)
                : components[i].getAccessor().invoke(record);
      }
      Constructor<?> constructor = record.getClass().getDeclaredConstructor(types);
      if (!other.isEmpty()) {
        throw new IllegalArgumentException("no such components: " + Map.copyOf(other).keySet());
      }
      return (R) constructor.newInstance(values);
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
