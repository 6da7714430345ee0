package dev.plinth.internal.sql;

import dev.plinth.spi.ColumnType;
import dev.plinth.spi.Dialect;
import dev.plinth.spi.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// SQL in the making: text, and the values that go with it, never in it.
final class SqlText {

  private final StringBuilder sql = new StringBuilder(256);
  private final List<ColumnType> types = new ArrayList<>();
  private final List<@Nullable Object> arguments = new ArrayList<>();
  private boolean related;

  SqlText add(String text) {
    sql.append(text);
    return this;
  }

  /// Appends text in which one `?` stands for this value.
  SqlText add(String text, ColumnType type, @Nullable Object value) {
    sql.append(text);
    types.add(type);
    arguments.add(value);
    return this;
  }

  /// Appends a condition with its parameters.
  SqlText add(Dialect.Condition condition) {
    sql.append(condition.sql());
    types.addAll(condition.types());
    arguments.addAll(condition.values());
    return this;
  }

  /// Notes that other tables are asked as well.
  SqlText related() {
    related = true;
    return this;
  }

  int length() {
    return sql.length();
  }

  Prepared prepared(String what) {
    return new Prepared(
        new Statement(sql.toString(), List.copyOf(types), what), arguments.toArray(), related);
  }

  /// What a caller wrote.
  Prepared byHand(String what, boolean lasting) {
    return new Prepared(
        new Statement(sql.toString(), List.copyOf(types), what, true, lasting),
        arguments.toArray());
  }
}
