package dev.plinth.internal.shape;

import dev.plinth.error.DataException;
import dev.plinth.error.DatabaseException;
import dev.plinth.spi.Cells;
import dev.plinth.spi.Column;
import dev.plinth.spi.Shape;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads records and classes through one method handle, and writes them through their accessors.
final class EntityMapper<T> implements Shape.Mapper<T> {

  private static final MethodType READER = MethodType.methodType(Object.class, Cells.class);

  private final String type;
  private final MethodHandle reader; // (Cells) → Object
  private final MethodHandle[] getters; // each (Object) → Object
  private final Column[] columns;

  private EntityMapper(
      Class<?> type, MethodHandle reader, List<Member> members, List<Column> columns) {
    this.type = type.getSimpleName();
    this.reader = reader.asType(READER);
    this.getters = members.stream().map(Member::getter).toArray(MethodHandle[]::new);
    this.columns = columns.toArray(Column[]::new);
  }

  /// A mapper that hands a row's cells to the canonical constructor.
  static <T> EntityMapper<T> ofRecord(
      MethodHandle constructor, List<Member> members, List<Column> columns) {
    MethodHandle[] cells = columns.stream().map(Cell::reader).toArray(MethodHandle[]::new);
    MethodHandle filtered = MethodHandles.filterArguments(constructor, 0, cells);
    MethodType one = MethodType.methodType(constructor.type().returnType(), Cells.class);
    return new EntityMapper<>(
        constructor.type().returnType(),
        MethodHandles.permuteArguments(filtered, one, new int[cells.length]),
        members,
        columns);
  }

  /// A mapper that makes an instance and sets a row's cells one by one.
  static <T> EntityMapper<T> ofClass(
      MethodHandle constructor, List<Member> members, List<Column> columns) {
    MethodHandle filled =
        MethodHandles.dropArguments(MethodHandles.identity(Object.class), 1, Cells.class);
    for (int i = members.size() - 1; i >= 0; i--) { // the last to be folded in runs first
      MethodHandle setter =
          MethodHandles.filterArguments(members.get(i).set(), 1, Cell.reader(columns.get(i)))
              .asType(MethodType.methodType(void.class, Object.class, Cells.class));
      filled = MethodHandles.foldArguments(filled, setter);
    }
    MethodHandle made = constructor.asType(MethodType.methodType(Object.class));
    return new EntityMapper<>(
        constructor.type().returnType(),
        MethodHandles.foldArguments(filled, made),
        members,
        columns);
  }

  @Override
  @SuppressWarnings("unchecked") // the reader makes instances of T
  public T read(Cells cells) {
    try {
      return (T) (Object) reader.invokeExact(cells);
    } catch (DatabaseException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new DataException(
          "A stored row is refused by the constructor of " + type + ": " + e.getMessage(), e);
    }
  }

  @Override
  @SuppressWarnings("unchecked") // the reader makes instances of T
  public T build(@Nullable Object[] values) {
    Cells cells = new ArrayCells(values);
    try {
      return (T) (Object) reader.invokeExact(cells);
    } catch (Throwable e) {
      throw Thrown.unchanged(e); // these are the caller's own values, and his record's own words
    }
  }

  @Override
  public @Nullable Object[] write(T entity) {
    @Nullable Object[] values = new Object[columns.length];
    try {
      for (int i = 0; i < values.length; i++) {
        Object value = (Object) getters[i].invokeExact((Object) entity);
        values[i] = columns[i].encode(value);
      }
    } catch (Throwable e) {
      throw Thrown.unchanged(e);
    }
    return values;
  }
}
