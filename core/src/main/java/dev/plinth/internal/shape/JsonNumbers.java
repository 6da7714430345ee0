package dev.plinth.internal.shape;

import java.math.BigDecimal;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Numbers of untyped JSON: doubles where a double says it all, decimals where digits would be lost.
///
/// A double that went into a map so comes back as the double it was, and a long decimal whole.
final class JsonNumbers {

  private JsonNumbers() {}

  /// A value that was read with decimals throughout, with doubles wherever they are exact.
  @SuppressWarnings("unchecked") // collections of plain values, which the reader has just made
  static @Nullable Object natural(@Nullable Object value) {
    switch (value) {
      case Map<?, ?> map -> replace((Map<Object, @Nullable Object>) map);
      case List<?> list -> replace((List<@Nullable Object>) list);
      case BigDecimal decimal -> {
        return natural(decimal);
      }
      case null, default -> {}
    }
    return value;
  }

  private static void replace(Map<Object, @Nullable Object> map) {
    for (Map.Entry<Object, @Nullable Object> entry : map.entrySet()) {
      Object value = entry.getValue();
      if (holdsNumbers(value)) {
        entry.setValue(natural(value));
      }
    }
  }

  private static void replace(List<@Nullable Object> list) {
    for (int i = 0; i < list.size(); i++) {
      if (holdsNumbers(list.get(i))) {
        list.set(i, natural(list.get(i)));
      }
    }
  }

  private static boolean holdsNumbers(@Nullable Object value) {
    return value instanceof BigDecimal || value instanceof Map || value instanceof Collection;
  }

  private static Object natural(BigDecimal decimal) {
    double number = decimal.doubleValue();
    return Double.isFinite(number)
            && new BigDecimal(Double.toString(number)).compareTo(decimal) == 0
        ? (Object) number
        : decimal;
  }
}
