package dev.plinth.internal.shape;

import dev.plinth.entity.Audited;
import dev.plinth.entity.Column;
import dev.plinth.entity.Counter;
import dev.plinth.entity.CreatedAt;
import dev.plinth.entity.DeletedAt;
import dev.plinth.entity.FullText;
import dev.plinth.entity.Id;
import dev.plinth.entity.Index;
import dev.plinth.entity.Json;
import dev.plinth.entity.Property;
import dev.plinth.entity.References;
import dev.plinth.entity.Searchable;
import dev.plinth.entity.Secret;
import dev.plinth.entity.Table;
import dev.plinth.entity.Unique;
import dev.plinth.entity.UpdatedAt;
import dev.plinth.entity.Version;
import dev.plinth.error.MappingException;
import dev.plinth.spi.Column.Role;
import dev.plinth.spi.ColumnType;
import dev.plinth.spi.Shape;
import java.lang.annotation.Annotation;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.NullMarked;

/// Reads what a record or class says of itself, and makes a shape of it.
final class RecordShape<T> {

  private static final Map<Class<? extends Annotation>, Role> ROLES = new LinkedHashMap<>();

  static {
    ROLES.put(Id.class, Role.KEY);
    ROLES.put(Version.class, Role.VERSION);
    ROLES.put(CreatedAt.class, Role.CREATED_AT);
    ROLES.put(UpdatedAt.class, Role.UPDATED_AT);
    ROLES.put(DeletedAt.class, Role.DELETED_AT);
    ROLES.put(Counter.class, Role.COUNTER);
  }

  // 1.0 and 1.00 are one value but two texts, and not every engine's index can tell
  private static final Set<ColumnType> UNLIKE =
      EnumSet.of(ColumnType.DECIMAL, ColumnType.JSON, ColumnType.ARRAY);

  private final Class<T> type;
  private final MethodHandles.Lookup caller;
  private final MethodHandles.Lookup lookup;

  RecordShape(Class<T> type, MethodHandles.Lookup caller) {
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
    checkCascades(columns);
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
    return withIndexes(
        shape.withSearch(
            marked(Searchable.class, members, columns), marked(FullText.class, members, columns)));
  }

  private List<dev.plinth.spi.Column> marked(
      Class<? extends Annotation> kind, List<Member> members, List<dev.plinth.spi.Column> columns) {
    List<dev.plinth.spi.Column> marked = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      if (!members.get(i).has(kind)) {
        continue;
      }
      dev.plinth.spi.Column column = columns.get(i);
      if (column.type() != ColumnType.TEXT || column.secret()) {
        throw new MappingException(
            "%s.%s is marked @%s, which is for text that is no secret, but %s."
                .formatted(
                    type.getSimpleName(),
                    column.property(),
                    kind.getSimpleName(),
                    column.secret() ? "it is marked @Secret" : "holds " + column.type()));
      }
      marked.add(column);
    }
    return marked;
  }

  dev.plinth.spi.Column column(Member member, int position) {
    String where = type.getSimpleName() + "." + member.name();
    Column named = member.annotation(Column.class);
    boolean secret = member.has(Secret.class);
    Json json = member.annotation(Json.class);
    Codec codec =
        named != null && named.array()
            ? Codec.array(member.type(), secret, where)
            : json != null && json.lenient()
                ? Codec.lenient(member.raw(), where)
                : Codec.of(member.type(), member.raw(), json != null, secret, where);
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
        references != null && references.cascade(),
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

  boolean nullable(Member member, Role role) {
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

  private void checkCascades(List<dev.plinth.spi.Column> columns) {
    boolean fades = columns.stream().anyMatch(column -> column.role() == Role.DELETED_AT);
    for (dev.plinth.spi.Column column : columns) {
      if (column.cascade() && !fades) {
        throw new MappingException(
            "%s.%s is marked @References(cascade = true), so that rows are softly deleted with the one they refer to: mark a component of %s with @DeletedAt."
                .formatted(type.getSimpleName(), column.property(), type.getSimpleName()));
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
              type.getName() + ": '" + part + "' is no index column; write 'name' or 'name desc'.");
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
