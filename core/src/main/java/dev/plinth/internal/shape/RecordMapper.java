package dev.plinth.internal.shape;

import dev.plinth.spi.Cells;
import dev.plinth.spi.Column;
import dev.plinth.spi.Shape;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads records through their canonical constructor and writes them through their accessors.
final class RecordMapper<T> implements Shape.Mapper<T> {

  private final MethodHandle construct; // (Cells) → Object
  private final MethodHandle[] accessors; // each (Object) → Object
  private final Column[] columns;

  RecordMapper(MethodHandle constructor, MethodHandle[] accessors, List<Column> columns) {
    this.columns = columns.toArray(Column[]::new);
    this.accessors = accessors;
    MethodHandle[] readers = new MethodHandle[this.columns.length];
    for (int i = 0; i < readers.length; i++) {
      readers[i] = Cell.reader(this.columns[i]);
    }
    MethodHandle filtered = MethodHandles.filterArguments(constructor, 0, readers);
    MethodType one = MethodType.methodType(constructor.type().returnType(), Cells.class);
    this.construct =
        MethodHandles.permuteArguments(filtered, one, new int[readers.length])
            .asType(MethodType.methodType(Object.class, Cells.class));
  }

  @Override
  @SuppressWarnings("unchecked") // the constructor is T's
  public T read(Cells cells) {
    try {
      return (T) (Object) construct.invokeExact(cells);
    } catch (Throwable e) {
      throw Thrown.unchanged(e);
    }
  }

  @Override
  public T build(@Nullable Object[] values) {
    return read(new ArrayCells(values));
  }

  @Override
  public @Nullable Object[] write(T entity) {
    @Nullable Object[] values = new Object[columns.length];
    try {
      for (int i = 0; i < values.length; i++) {
        Object value = (Object) accessors[i].invokeExact((Object) entity);
        values[i] = columns[i].encode(value);
      }
    } catch (Throwable e) {
      throw Thrown.unchanged(e);
    }
    return values;
  }
}
