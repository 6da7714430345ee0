package dev.plinth.internal.shape;

import dev.plinth.spi.Cells;
import dev.plinth.spi.Column;
import dev.plinth.spi.Shape;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads plain classes through their no-argument constructor and their fields or setters.
final class BeanMapper<T> implements Shape.Mapper<T> {

  private final MethodHandle construct; // () → Object
  private final MethodHandle[] getters; // each (Object) → Object
  private final MethodHandle[] loaders; // each (Object, Cells) → void
  private final Column[] columns;

  BeanMapper(
      MethodHandle constructor,
      MethodHandle[] getters,
      MethodHandle[] setters,
      List<Column> columns) {
    this.columns = columns.toArray(Column[]::new);
    this.construct = constructor.asType(MethodType.methodType(Object.class));
    this.getters = getters;
    this.loaders = new MethodHandle[setters.length];
    for (int i = 0; i < setters.length; i++) {
      MethodHandle loader =
          MethodHandles.filterArguments(setters[i], 1, Cell.reader(this.columns[i]));
      loaders[i] = loader.asType(MethodType.methodType(void.class, Object.class, Cells.class));
    }
  }

  @Override
  @SuppressWarnings("unchecked") // the constructor is T's
  public T read(Cells cells) {
    try {
      Object instance = (Object) construct.invokeExact();
      for (MethodHandle loader : loaders) {
        loader.invokeExact(instance, cells);
      }
      return (T) instance;
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
        Object value = (Object) getters[i].invokeExact((Object) entity);
        values[i] = columns[i].encode(value);
      }
    } catch (Throwable e) {
      throw Thrown.unchanged(e);
    }
    return values;
  }
}
