package dev.plinth.internal.shape;

import dev.plinth.entity.Audited;
import dev.plinth.entity.Column;
import dev.plinth.entity.Counter;
import dev.plinth.entity.CreatedAt;
import dev.plinth.entity.DeletedAt;
import dev.plinth.entity.Id;
import dev.plinth.entity.Index;
import dev.plinth.entity.Json;
import dev.plinth.entity.Property;
import dev.plinth.entity.References;
import dev.plinth.entity.Secret;
import dev.plinth.entity.Table;
import dev.plinth.entity.Unique;
import dev.plinth.entity.UpdatedAt;
import dev.plinth.entity.Version;
import dev.plinth.error.MappingException;
import dev.plinth.query.Row;
import dev.plinth.spi.Column.Role;
import dev.plinth.spi.ColumnType;
import dev.plinth.spi.Engine;
import dev.plinth.spi.Shape;
import java.lang.annotation.Annotation;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.NullMarked;
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

  private static final Map<Class<? extends Annotation>, Role> ROLES = new LinkedHashMap<>();

  static {
    ROLES.put(Id.class, Role.KEY);
    ROLES.put(Version.class, Role.VERSION);
    ROLES.put(CreatedAt.class, Role.CREATED_AT);
    ROLES.put(UpdatedAt.class, Role.UPDATED_AT);
    ROLES.put(DeletedAt.class, Role.DELETED_AT);
    ROLES.put(Counter.class, Role.COUNTER);
  }

  private Shapes() {}

  /// The shape of a record or class whose package is open to the layer.
  public static <T> Shape<T> of(Class<T> type) {
    return of(type, LOOKUPS.getOrDefault(type.getModule(), MethodHandles.lookup()));
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
      shape = new Reading<>(type, lookup).shape();
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
    return new Shape<>(Row.class, table, columns, List.of(), audited, new RowMapper(columns));
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
    return column(table, column.name(), position, type, column.nullable(), role, false);
  }

  private static dev.plinth.spi.Column column(
      String table, dev.plinth.spi.Column known, int position) {
    return column(
        table,
        known.name(),
        position,
        known.type(),
        known.nullable(),
        known.role(),
        known.secret());
  }

  private static dev.plinth.spi.Column column(
      String table,
      String name,
      int position,
      ColumnType type,
      boolean nullable,
      Role role,
      boolean secret) {
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
        secret,
        "",
        null,
        codec.encoder(),
        codec.decoder());
  }

  // 1.0 and 1.00 are one value but two texts, and not every engine's index can tell
  private static final Set<ColumnType> UNLIKE =
      EnumSet.of(ColumnType.DECIMAL, ColumnType.JSON, ColumnType.ARRAY);

  private static final class Reading<T> {

    private final Class<T> type;
    private final MethodHandles.Lookup caller;
    private final MethodHandles.Lookup lookup;

    Reading(Class<T> type, MethodHandles.Lookup caller) {
      this.type = type;
      this.caller = caller;
      this.lookup = Access.to(type, caller);
    }

    Shape<T> shape() {
      List<Member> members =
          type.isRecord() ? Member.ofRecord(type, lookup) : Member.ofClass(type, Id.class, caller);
      if (members.isEmpty()) {
        throw new MappingException(type.getName() + " has nothing to store: it has no components.");
      }
      List<dev.plinth.spi.Column> columns = new ArrayList<>();
      for (Member member : members) {
        columns.add(column(member, columns.size()));
      }
      checkNames(columns);
      checkRoles(columns);
      Table table = type.getAnnotation(Table.class);
      Audited audited = type.getAnnotation(Audited.class);
      String name = table == null ? Names.snakeCase(type.getSimpleName()) : table.value();
      Shape<T> shape =
          new Shape<>(
              type,
              Names.checked(name, type.getName()),
              columns,
              List.of(),
              audited == null || audited.value(),
              mapper(members, columns));
      return withIndexes(shape);
    }

    private dev.plinth.spi.Column column(Member member, int position) {
      String where = type.getSimpleName() + "." + member.name();
      Column named = member.annotation(Column.class);
      boolean secret = member.has(Secret.class);
      Codec codec =
          named != null && named.array()
              ? Codec.array(member.type(), secret, where)
              : Codec.of(member.type(), member.raw(), member.has(Json.class), secret, where);
      Role role = Role.VALUE;
      for (Map.Entry<Class<? extends Annotation>, Role> entry : ROLES.entrySet()) {
        if (member.has(entry.getKey())) {
          if (role != Role.VALUE) {
            throw new MappingException(
                where + " is marked both as " + role + " and as " + entry.getValue() + ".");
          }
          role = entry.getValue();
        }
      }
      checkType(role, codec.type(), member.raw(), where);
      checkUnique(codec.type(), member.has(Unique.class), where);
      References references = member.annotation(References.class);
      String name =
          named == null || named.value().isEmpty() ? Names.snakeCase(member.name()) : named.value();
      return new dev.plinth.spi.Column(
          position,
          Names.checked(name, where),
          member.name(),
          codec.type(),
          codec.element(),
          member.raw(),
          nullable(member, role),
          role,
          member.has(Unique.class),
          secret,
          named == null ? "" : named.check(),
          references == null ? null : references.value(),
          codec.encoder(),
          codec.decoder());
    }

    private static void checkUnique(ColumnType type, boolean unique, String where) {
      if (unique && UNLIKE.contains(type)) {
        throw new MappingException(
            where + " holds " + type + ", which cannot be unique: use a whole number or text.");
      }
    }

    private void checkType(Role role, ColumnType column, Class<?> raw, String where) {
      Set<ColumnType> allowed =
          switch (role) {
            case VALUE -> EnumSet.allOf(ColumnType.class);
            case KEY ->
                EnumSet.of(ColumnType.UUID, ColumnType.LONG, ColumnType.INTEGER, ColumnType.TEXT);
            case VERSION -> EnumSet.of(ColumnType.LONG, ColumnType.INTEGER);
            case CREATED_AT, UPDATED_AT, DELETED_AT -> EnumSet.of(ColumnType.INSTANT);
            case COUNTER ->
                EnumSet.of(
                    ColumnType.SHORT,
                    ColumnType.INTEGER,
                    ColumnType.LONG,
                    ColumnType.DECIMAL,
                    ColumnType.FLOAT,
                    ColumnType.DOUBLE);
          };
      if (!allowed.contains(column)) {
        throw new MappingException(
            "%s is marked as %s, which must be one of %s, not %s."
                .formatted(where, role, allowed, raw.getSimpleName()));
      }
    }

    private boolean nullable(Member member, Role role) {
      return switch (role) {
        case KEY, VERSION, CREATED_AT, UPDATED_AT -> false;
        case DELETED_AT -> true;
        case VALUE, COUNTER ->
            !member.raw().isPrimitive()
                && !member.hasNamed("NotNull", "NotBlank", "NotEmpty", "NonNull", "Nonnull")
                && (!nullMarked() || member.hasNamed("Nullable"));
      };
    }

    private boolean nullMarked() {
      for (Class<?> outer = type; outer != null; outer = outer.getEnclosingClass()) {
        if (outer.isAnnotationPresent(NullMarked.class)) {
          return true;
        }
      }
      Package home = type.getPackage();
      return (home != null && home.isAnnotationPresent(NullMarked.class))
          || type.getModule().isAnnotationPresent(NullMarked.class);
    }

    private void checkNames(List<dev.plinth.spi.Column> columns) {
      Set<String> seen = new HashSet<>();
      for (dev.plinth.spi.Column column : columns) {
        if (!seen.add(column.name().toLowerCase(Locale.ROOT))) {
          throw new MappingException(
              "%s.%s: another component is stored in the column '%s' as well. Use @Column to name one of them."
                  .formatted(type.getSimpleName(), column.property(), column.name()));
        }
      }
    }

    private void checkRoles(List<dev.plinth.spi.Column> columns) {
      Set<Role> seen = EnumSet.noneOf(Role.class);
      for (dev.plinth.spi.Column column : columns) {
        Role role = column.role();
        if (role != Role.VALUE && role != Role.COUNTER && !seen.add(role)) {
          throw new MappingException(
              "%s.%s: another component is marked as %s already."
                  .formatted(type.getSimpleName(), column.property(), role));
        }
      }
    }

    private Shape.Mapper<T> mapper(List<Member> members, List<dev.plinth.spi.Column> columns) {
      try {
        if (type.isRecord()) {
          Class<?>[] types = members.stream().map(Member::raw).toArray(Class<?>[]::new);
          return EntityMapper.ofRecord(
              lookup.findConstructor(type, MethodType.methodType(void.class, types)),
              members,
              columns);
        }
        return EntityMapper.ofClass(
            lookup.findConstructor(type, MethodType.methodType(void.class)), members, columns);
      } catch (NoSuchMethodException e) {
        throw new MappingException(
            type.getName()
                + " has no constructor without arguments, which a class that is no record needs.",
            e);
      } catch (IllegalAccessException e) {
        throw Access.closed(type, e);
      }
    }

    private Shape<T> withIndexes(Shape<T> shape) {
      List<Shape.Index> indexes = new ArrayList<>();
      for (Index index : type.getAnnotationsByType(Index.class)) {
        Map<dev.plinth.spi.Column, Boolean> columns = new LinkedHashMap<>();
        for (String part : index.value()) {
          String[] words = part.strip().split("\\s+");
          boolean descending = words.length == 2 && words[1].equalsIgnoreCase("desc");
          if (words.length > 2
              || (words.length == 2 && !descending && !words[1].equalsIgnoreCase("asc"))) {
            throw new MappingException(
                type.getName()
                    + ": '"
                    + part
                    + "' is no index column; write 'name' or 'name desc'.");
          }
          dev.plinth.spi.Column column = shape.column(Property.Name.of(words[0]));
          checkUnique(column.type(), index.unique(), type.getName() + "." + column.property());
          columns.put(column, descending);
        }
        if (columns.isEmpty()) {
          throw new MappingException(type.getName() + ": an index needs a column.");
        }
        if (columns.size() > 1
            && columns.keySet().stream()
                .anyMatch(one -> one.type() == ColumnType.JSON || one.type() == ColumnType.ARRAY)) {
          throw new MappingException(
              type.getName() + ": an index on JSON or a list is on that component alone.");
        }
        indexes.add(new Shape.Index(columns, index.unique()));
      }
      return shape.withIndexes(indexes);
    }
  }
}
