package dev.plinth.internal.pipeline;

import dev.plinth.internal.transaction.Transactions;
import dev.plinth.spi.Engine;
import dev.plinth.spi.Engine.CatalogColumn;
import dev.plinth.spi.Session;
import dev.plinth.spi.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What tables and columns there are, as the database says.
///
/// Only what is there is remembered: what is missing may come with a migration. Thread-safe.
public final class Catalog {

  private final Engine engine;
  private final Transactions transactions;
  private final Set<String> present = ConcurrentHashMap.newKeySet();

  /// The catalogue of an engine.
  public Catalog(Engine engine, Transactions transactions) {
    this.engine = engine;
    this.transactions = transactions;
  }

  /// Whether a table has a column.
  ///
  /// @param session the session of the running transaction, which may have made the table
  public boolean has(String table, String column, @Nullable Session session) {
    String name = table + '\0' + column;
    if (present.contains(name)) {
      return true;
    }
    boolean found = columns(table, session).stream().anyMatch(known -> known.name().equals(column));
    if (found && session == null) { // what a running transaction made may be rolled back
      present.add(name);
    }
    return found;
  }

  /// The tables and views.
  public List<String> tables(@Nullable Session session) {
    return session != null ? engine.tables(session) : asked(engine::tables);
  }

  /// The views, which show what other tables hold.
  public List<String> views(@Nullable Session session) {
    Statement names = new Statement(engine.dialect().views(), List.of(), "list the views");
    return session != null ? texts(session, names) : asked(own -> texts(own, names));
  }

  private static List<String> texts(Session session, Statement query) {
    List<String> texts = new ArrayList<>();
    try (Session.Rows rows = session.query(query)) {
      while (rows.next()) {
        texts.add(rows.text(0));
      }
    }
    return texts;
  }

  /// The columns of a table; empty if there is no such table.
  public List<CatalogColumn> columns(String table, @Nullable Session session) {
    return session != null
        ? engine.columns(session, table)
        : asked(own -> engine.columns(own, table));
  }

  private <R> R asked(Function<Session, R> question) {
    return transactions.repeated(
        true,
        () -> {
          try (Session own = engine.read()) {
            return question.apply(own);
          }
        });
  }
}
