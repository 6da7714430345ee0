package dev.plinth.internal.engine.postgres;

import dev.plinth.spi.CommitOrder;
import java.util.List;

/// Transactions and snapshots of PostgreSQL, for whoever follows a table.
final class PostgresCommitOrder {

  private static final String COLUMN = "transaction_id";
  private static final String SNAPSHOT = "cast(cast(? as text) as pg_snapshot)";

  private PostgresCommitOrder() {}

  /// The order of commits in a table.
  ///
  /// The rows that are there get the number of the transaction that adds the column: it waits for all
  /// that write to the table, so they have all ended before it. It waits for a moment only, since
  /// whoever comes behind it waits as well.
  ///
  /// @param name the table's, quoted
  static CommitOrder of(String name) {
    return new CommitOrder(
        COLUMN,
        List.of(
            "set local lock_timeout = '2s'",
            "alter table %s add column %s xid8 default pg_current_xact_id()"
                .formatted(name, COLUMN),
            "create index on %s (%s)".formatted(name, COLUMN)),
        "select cast(pg_current_snapshot() as text)",
        "select %1$s < pg_snapshot_xmax(%2$s) or coalesce((select %3$s >= %1$s from %4$s order by %3$s desc limit 1), false)"
            .formatted("pg_snapshot_xmax(pg_current_snapshot())", SNAPSHOT, COLUMN, name),
        "%s >= pg_snapshot_xmin(%s)".formatted(COLUMN, SNAPSHOT),
        "not pg_visible_in_snapshot(%1$s, %2$s) and pg_visible_in_snapshot(%1$s, %2$s)"
            .formatted(COLUMN, SNAPSHOT),
        "1:1:",
        "\\d+:\\d+:(\\d+(,\\d+)*)?");
  }
}
