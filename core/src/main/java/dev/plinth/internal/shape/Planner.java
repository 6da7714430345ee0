package dev.plinth.internal.shape;

import dev.plinth.entity.Id;
import dev.plinth.entity.Json;
import dev.plinth.error.MappingException;
import dev.plinth.spi.Cells;
import dev.plinth.spi.Column;
import dev.plinth.spi.Shape;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Reads from a record's components which rows of which tables it wants, and makes a plan of it.
final class Planner<P> {

  private final Shape<?> base;
  private final Class<P> type;
  private final Set<Class<?>> around;
  private final MethodHandles.Lookup caller;
  private final List<Column> wanted = new ArrayList<>(); // of the base
  private final List<FetchPlan.Edge> edges = new ArrayList<>();

  /// A planner of a record.
  ///
  /// @param around the plans that it is a part of
  Planner(Shape<?> base, Class<P> type, Set<Class<?>> around) {
    this.base = base;
    this.type = type;
    this.around = new HashSet<>(around);
    this.caller = Shapes.lookup(type);
    if (!this.around.add(type)) {
      throw new MappingException(
          type.getName() + " has itself as a part, so its rows would never end.");
    }
  }

  /// Whether a record shows rows of several tables: it is no row itself, and has rows as components.
  static boolean isPlan(Class<?> type, Set<Class<?>> seen) {
    return type.isRecord()
        && !isRow(type)
        && seen.add(type)
        && Arrays.stream(type.getRecordComponents())
            .anyMatch(c -> one(c) != null || many(c, seen) != null);
  }

  // what has a key of its own
  private static boolean isRow(Class<?> type) {
    if (type.isRecord()) {
      return keyed(Arrays.stream(type.getRecordComponents()));
    }
    for (Class<?> up = type; up != null && up != Object.class; up = up.getSuperclass()) {
      if (keyed(
          Stream.concat(Arrays.stream(up.getDeclaredFields()), Arrays.stream(up.getMethods())))) {
        return true;
      }
    }
    return false;
  }

  private static boolean keyed(Stream<? extends AnnotatedElement> members) {
    return members.anyMatch(member -> member.isAnnotationPresent(Id.class));
  }

  // what a component shows a single row of; null for a column
  private static @Nullable Class<?> one(RecordComponent component) {
    Class<?> raw = component.getType();
    boolean column =
        raw.isPrimitive()
            || raw.isEnum()
            || raw.isArray()
            || raw.isInterface()
            || raw.getPackageName().startsWith("java.")
            || JsonNode.class.isAssignableFrom(raw)
            || component.isAnnotationPresent(Json.class);
    return column ? null : raw;
  }

  // what a component shows a list of; null for anything else, such as a list that is a column
  private static @Nullable Class<?> many(RecordComponent component, Set<Class<?>> seen) {
    return component.getType() == List.class
            && !component.isAnnotationPresent(Json.class)
            && component.getGenericType() instanceof ParameterizedType list
            && list.getActualTypeArguments()[0] instanceof Class<?> element
            && (isRow(element) || isPlan(element, seen))
        ? element
        : null;
  }

  // the table of which a component's type is a row, or a plan; null if it names none
  private static @Nullable Shape<?> spokenFor(Class<?> type) {
    if (isRow(type)) {
      return Shapes.of(type);
    }
    if (isPlan(type, new HashSet<>())) {
      for (RecordComponent component : type.getRecordComponents()) {
        Class<?> row = one(component);
        if (row != null && isRow(row)) {
          return Shapes.of(row);
        }
      }
    }
    return null;
  }

  FetchPlan<P> plan() {
    MethodHandles.Lookup lookup = Access.to(type, caller);
    List<Member> members = Member.ofRecord(type, lookup);
    RecordComponent[] components = type.getRecordComponents();
    int itself = itself(members);
    if (itself >= 0) {
      wanted.addAll(base.columns());
    }
    List<FetchPlan.Part> parts = new ArrayList<>();
    for (int i = 0; i < components.length; i++) {
      Class<?> row = one(components[i]);
      Class<?> element = many(components[i], new HashSet<>());
      if (i == itself) {
        parts.add(new FetchPlan.Part.Itself());
      } else if (row == null && element == null) {
        parts.add(value(members.get(i)));
      } else {
        edges.add(row != null ? toOne(members.get(i), row) : toMany(members.get(i), element));
        parts.add(new FetchPlan.Part.Related(edges.size() - 1));
      }
    }
    Class<?>[] types = members.stream().map(Member::raw).toArray(Class<?>[]::new);
    try {
      return new FetchPlan<>(
          type,
          base,
          rows(itself >= 0),
          List.copyOf(edges),
          List.copyOf(parts),
          lookup
              .findConstructor(type, MethodType.methodType(void.class, types))
              .asSpreader(Object[].class, types.length)
              .asType(MethodType.methodType(Object.class, Object[].class)));
    } catch (NoSuchMethodException e) {
      throw new AssertionError(e); // every record has it
    } catch (IllegalAccessException e) {
      throw Access.closed(type, e);
    }
  }

  private Shape<@Nullable Object[]> rows(boolean all) {
    if (all) {
      return base.raw();
    }
    List<Column> columns = new ArrayList<>();
    for (Column column : wanted) {
      columns.add(Shapes.column(base.table(), column, columns.size()));
    }
    return new Shape<>(
            dev.plinth.query.Row.class,
            base.table(),
            columns,
            List.of(),
            false,
            new RowMapper(columns))
        .raw();
  }

  // where a column stands in what is read of the base
  private int want(Column column) {
    if (!wanted.contains(column)) {
      wanted.add(column);
    }
    return wanted.indexOf(column);
  }

  private FetchPlan.Part value(Member member) {
    RecordShape<P> shape = new RecordShape<>(type, caller);
    int at = want(Projection.stored(base, type, shape.column(member, 0)));
    return new FetchPlan.Part.Value(
        Cell.reader(shape.column(member, at))
            .asType(MethodType.methodType(Object.class, Cells.class)));
  }

  // the component that is the row itself; -1 if none is
  private int itself(List<Member> members) {
    List<Integer> found = new ArrayList<>();
    List<Column> up = References.between(base, base);
    for (int i = 0; i < members.size(); i++) {
      Member member = members.get(i);
      if (member.raw() == base.type()
          && named(member) == null
          && up.stream().noneMatch(column -> fits(member, column))) {
        found.add(i);
      }
    }
    if (found.size() > 1) {
      throw new MappingException(
          "%s: each of %s would be the row itself. %s"
              .formatted(
                  type.getSimpleName(),
                  found.stream().map(i -> members.get(i).name()).toList(),
                  advice(up)));
    }
    return found.isEmpty() ? -1 : found.getFirst();
  }

  private FetchPlan.Edge toOne(Member member, Class<?> row) {
    Shape<?> spoken = spokenFor(row);
    List<Column> ways =
        spoken == null
            ? base.columns().stream().filter(column -> column.references() != null).toList()
            : References.between(base, spoken);
    Column way = way(member, base, ways, spoken == null ? row.getSimpleName() : spoken.table());
    Shape<?> other = Shapes.of(Objects.requireNonNull(way.references()));
    References.checked(base, way, other.key());
    return edge(member, way, other, other.key(), row, false);
  }

  private FetchPlan.Edge toMany(Member member, @Nullable Class<?> element) {
    Shape<?> other = element == null ? null : spokenFor(element);
    if (element == null || other == null) {
      throw new MappingException(
          where(member)
              + " names no table: a fetch plan in a list has the row itself, with its @Id, as one of"
              + " its components.");
    }
    Column way = way(member, other, References.between(other, base), base.table());
    References.checked(other, way, base.key());
    return edge(member, base.key(), other, way, element, true);
  }

  private FetchPlan.Edge edge(
      Member member, Column here, Shape<?> other, Column there, Class<?> into, boolean many) {
    FetchPlan<?> plan =
        isPlan(into, new HashSet<>()) ? new Planner<>(other, into, around).plan() : null;
    return new FetchPlan.Edge(
        where(member),
        want(here),
        here.secret(),
        other,
        there,
        plan != null
            ? plan.rows()
            : into == other.type() ? other : Projection.of(other, Shapes.of(into)),
        plan,
        many,
        new RecordShape<>(type, caller).nullable(member, Column.Role.VALUE));
  }

  // the reference that a component follows
  private Column way(Member member, Shape<?> from, List<Column> ways, String to) {
    String name = named(member);
    List<Column> fitting =
        name != null
            ? ways.stream().filter(c -> c.name().equals(name) || c.property().equals(name)).toList()
            : ways.size() == 1
                ? ways
                : ways.stream().filter(column -> fits(member, column)).toList();
    if (fitting.size() == 1) {
      return fitting.getFirst();
    }
    throw new MappingException(
        ways.isEmpty()
            ? "%s: %s has no @References to %s.".formatted(where(member), from, to)
            : "%s: %s refers to %s by %s. %s"
                .formatted(where(member), from, to, names(ways), advice(ways)));
  }

  private static String names(List<Column> ways) {
    return ways.stream().map(Column::property).collect(Collectors.joining(" and "));
  }

  private static String advice(List<Column> ways) {
    return ways.isEmpty()
        ? "Leave one of them out."
        : "Say which: @Column(\"%s\") on the component.".formatted(ways.getFirst().property());
  }

  // `payer` and `payerId`
  private static boolean fits(Member member, Column column) {
    return column.property().equals(member.name() + "Id")
        || column.name().equals(Names.snakeCase(member.name()) + "_id");
  }

  private static @Nullable String named(Member member) {
    dev.plinth.entity.Column named = member.annotation(dev.plinth.entity.Column.class);
    return named == null || named.value().isEmpty() ? null : named.value();
  }

  private String where(Member member) {
    return type.getSimpleName() + "." + member.name();
  }
}
