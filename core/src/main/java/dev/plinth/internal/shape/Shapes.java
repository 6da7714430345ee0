package dev.plinth.internal.shape;

import dev.plinth.error.MappingException;
import dev.plinth.query.Row;
import dev.plinth.spi.Column.Role;
import dev.plinth.spi.ColumnType;
import dev.plinth.spi.Engine;
import dev.plinth.spi.Shape;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Makes shapes: of records and classes by their annotations, of tables by the catalogue.
public final class Shapes {

  private static final ClassValue<AtomicReference<@Nullable Shape<?>>> CACHE =
      new ClassValue<>() {
        @Override
        protected AtomicReference<@Nullable Shape<?>> computeValue(Class<?> type) {
          return new AtomicReference<>();
        }
      };

  private static final Map<Module, MethodHandles.Lookup> LOOKUPS = new ConcurrentHashMap<>();

  private Shapes() {}

  /// The shape of a record or class whose package is open to the layer.
  public static <T> Shape<T> of(Class<T> type) {
    return of(type, lookup(type));
  }

  /// What may see a record: the layer itself, or who has told it how.
  static MethodHandles.Lookup lookup(Class<?> type) {
    return LOOKUPS.getOrDefault(type.getModule(), MethodHandles.lookup());
  }

  /// The shape of a record or class that the lookup may see; made once per type.
  ///
  /// The lookup then serves the other records of its module as well.
  ///
  /// @throws MappingException if it cannot be mapped; it names the component and what to do
  @SuppressWarnings("unchecked") // the cache holds each type's own shape
  public static <T> Shape<T> of(Class<T> type, MethodHandles.Lookup lookup) {
    AtomicReference<@Nullable Shape<?>> cached = CACHE.get(type);
    Shape<?> shape = cached.get();
    if (shape == null) {
      checkKind(type);
      shape = new RecordShape<>(type, lookup).shape();
      cached.set(shape);
      if (lookup.lookupClass() != Shapes.class) {
        LOOKUPS.putIfAbsent(type.getModule(), lookup);
      }
    }
    return (Shape<T>) shape;
  }

  private static void checkKind(Class<?> type) {
    boolean inner = type.isMemberClass() && !Modifier.isStatic(type.getModifiers());
    if (!type.isArray() && type.getPackageName().startsWith("java.") && !type.isPrimitive()) {
      throw new MappingException(
          type.getName() + " cannot be mapped: it is no record or class of yours.");
    }
    if (type.isInterface() || type.isEnum() || type.isArray() || type.isPrimitive()) {
      throw new MappingException(
          type.getName() + " cannot be mapped: it must be a record or a class.");
    }
    if (Modifier.isAbstract(type.getModifiers())) {
      throw new MappingException(type.getName() + " cannot be mapped: it is abstract.");
    }
    if (inner) {
      throw new MappingException(
          type.getName()
              + " cannot be mapped: it belongs to an instance of another class. Make it"
              + " static.");
    }
  }

  /// The shape of a table's rows without a record; its writes are audited if it has a single key.
  ///
  /// @param record the shape of a record of the same table, whose rules then hold for its rows as
  ///     well; null if none is known
  public static Shape<Row> of(
      String table, List<Engine.CatalogColumn> catalog, @Nullable Shape<?> record) {
    boolean single = catalog.stream().filter(Engine.CatalogColumn::key).count() == 1;
    List<dev.plinth.spi.Column> columns = new ArrayList<>();
    for (Engine.CatalogColumn column : catalog) {
      dev.plinth.spi.Column known = record == null ? null : named(record, column.name());
      columns.add(
          known == null
              ? column(table, column, columns.size(), single)
              : column(table, known, columns.size()));
    }
    boolean audited = single && (record == null || record.audited());
    Shape<Row> shape =
        new Shape<>(Row.class, table, columns, List.of(), audited, new RowMapper(columns));
    return record == null
        ? shape
        : shape.withSearch(
            present(record.searchable(), columns), present(record.fullText(), columns));
  }

  private static List<dev.plinth.spi.Column> present(
      List<dev.plinth.spi.Column> declared, List<dev.plinth.spi.Column> columns) {
    return declared.stream()
        .flatMap(one -> columns.stream().filter(column -> column.name().equals(one.name())))
        .toList();
  }

  private static dev.plinth.spi.@Nullable Column named(Shape<?> record, String name) {
    return record.columns().stream()
        .filter(column -> column.name().equals(name))
        .findFirst()
        .orElse(null);
  }

  private static dev.plinth.spi.Column column(
      String table, Engine.CatalogColumn column, int position, boolean single) {
    ColumnType type = column.type() == null ? ColumnType.TEXT : column.type();
    Role role = single && column.key() ? Role.KEY : Role.VALUE;
    return column(table, column.name(), position, type, column.nullable(), role, null);
  }

  static dev.plinth.spi.Column column(String table, dev.plinth.spi.Column known, int position) {
    return column(
        table, known.name(), position, known.type(), known.nullable(), known.role(), known);
  }

  private static dev.plinth.spi.Column column(
      String table,
      String name,
      int position,
      ColumnType type,
      boolean nullable,
      Role role,
      dev.plinth.spi.@Nullable Column known) {
    Codec codec = Codec.plain(type, table + "." + name);
    return new dev.plinth.spi.Column(
        position,
        name,
        name,
        type,
        codec.element(),
        type.canonical(),
        nullable,
        role,
        false,
        known != null && known.secret(),
        "",
        known == null ? null : known.references(),
        known != null && known.cascade(),
        codec.encoder(),
        codec.decoder());
  }
}
