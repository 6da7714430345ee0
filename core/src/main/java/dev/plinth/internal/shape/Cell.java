package dev.plinth.internal.shape;

import dev.plinth.error.DataException;
import dev.plinth.spi.Cells;
import dev.plinth.spi.Column;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

/// Method handles from a row to the value of one component.
///
/// A row is read by one handle that is put together of these, so that the compiler sees straight
/// through it: no reflection, no boxing, no map on the way.
final class Cell {

  private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();

  private Cell() {}

  /// A handle `(Cells) → component type`.
  static MethodHandle reader(Column column) {
    Class<?> type = column.javaType();
    try {
      if (type.isPrimitive()) {
        MethodHandle reader =
            LOOKUP.findStatic(
                Cell.class,
                type.getName() + "Cell",
                MethodType.methodType(type, Cells.class, int.class, Column.class));
        return MethodHandles.insertArguments(reader, 1, column.position(), column);
      }
      String getter =
          switch (column.type()) {
            case TEXT -> type == String.class ? "text" : null;
            case DECIMAL -> type == java.math.BigDecimal.class ? "decimal" : null;
            case UUID -> "uuid";
            case INSTANT -> "instant";
            case DATE -> "date";
            case TIME -> "time";
            case DATE_TIME -> "dateTime";
            case DURATION -> "duration";
            case BYTES -> "bytes";
            default -> null;
          };
      if (getter != null) {
        MethodHandle reader =
            LOOKUP.findVirtual(Cells.class, getter, MethodType.methodType(type, int.class));
        return MethodHandles.insertArguments(reader, 1, column.position());
      }
      MethodHandle reader =
          LOOKUP.findStatic(
              Cell.class,
              "decoded",
              MethodType.methodType(Object.class, Cells.class, int.class, Column.class));
      return MethodHandles.insertArguments(reader, 1, column.position(), column)
          .asType(MethodType.methodType(type, Cells.class));
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e); // the getters above exist
    }
  }

  static @Nullable Object decoded(Cells cells, int position, Column column) {
    return column.decode(cells.value(position, column.type()));
  }

  static short shortCell(Cells cells, int position, Column column) {
    short value = cells.int16(position);
    return value == 0 && cells.isNull(position) ? (short) missing(column) : value;
  }

  static int intCell(Cells cells, int position, Column column) {
    int value = cells.int32(position);
    return value == 0 && cells.isNull(position) ? missing(column) : value;
  }

  static long longCell(Cells cells, int position, Column column) {
    long value = cells.int64(position);
    return value == 0 && cells.isNull(position) ? missing(column) : value;
  }

  static float floatCell(Cells cells, int position, Column column) {
    float value = cells.float32(position);
    return value == 0 && cells.isNull(position) ? missing(column) : value;
  }

  static double doubleCell(Cells cells, int position, Column column) {
    double value = cells.float64(position);
    return value == 0 && cells.isNull(position) ? missing(column) : value;
  }

  static boolean booleanCell(Cells cells, int position, Column column) {
    boolean value = cells.bool(position);
    return value || (cells.isNull(position) && missing(column) != 0);
  }

  private static int missing(Column column) {
    throw new DataException(
        "Column '%s' holds no value, but '%s' is a primitive %s: declare it as %s."
            .formatted(
                column.name(),
                column.property(),
                column.javaType(),
                MethodType.methodType(column.javaType()).wrap().returnType().getSimpleName()));
  }
}
