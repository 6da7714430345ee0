package dev.plinth.config;

import java.util.Arrays;
import java.util.List;

/// Every setting of the layer: its name, its variable, its default, and a sentence.
///
/// This table feeds [DatabaseConfig], the command line and the documentation; a setting exists by
/// standing here. Durations are numbers of seconds, fractions allowed.
public enum Setting {
  /// Where the data is.
  URL(
      "url",
      "DATABASE_URL",
      "sqlite:data/plinth.db",
      "Where the data is: sqlite:FILE, a bare FILE.db, duckdb:FILE, postgresql://…, or sqlite::memory:."),
  /// Which engine, where several sources could be meant.
  TYPE(
      "type",
      "DATABASE_TYPE",
      "auto",
      "The engine: auto, sqlite, duckdb, postgresql or supabase; DATABASE_PROVIDER means the same."),
  /// Connections that are kept.
  POOL_SIZE(
      "poolSize",
      "DB_POOL_SIZE",
      "5",
      "Connections that are kept when idle; on SQLite the number of readers."),
  /// Connections beyond those kept.
  MAX_OVERFLOW(
      "maxOverflow",
      "DB_MAX_OVERFLOW",
      "15",
      "Connections beyond the pool size under load; SQLite has none."),
  /// How long a call waits for a connection.
  POOL_TIMEOUT(
      "poolTimeout",
      "DB_POOL_TIMEOUT",
      "30",
      "Seconds that a call waits in line for a connection or for another writer's lock."),
  /// How long connecting may take.
  CONNECT_TIMEOUT(
      "connectTimeout",
      "DB_CONNECT_TIMEOUT",
      "5",
      "Seconds that making a connection to a server may take; embedded engines have none."),
  /// How old a connection may get.
  POOL_RECYCLE(
      "poolRecycle",
      "DB_POOL_RECYCLE",
      "3600",
      "Seconds, 30 or more, after which a connection to a server is replaced; embedded engines keep theirs."),
  /// When a connection that is out is reported.
  LEAK_REPORT(
      "leakReport",
      "DB_LEAK_REPORT",
      "300",
      "Seconds after which a connection that was not given back is logged, with its holder."),
  /// How long a statement may take.
  STATEMENT_TIMEOUT(
      "statementTimeout",
      "DB_STATEMENT_TIMEOUT",
      "0",
      "Seconds that one statement may take, in a transaction or not; 0 for no limit."),
  /// How long a server may be silent.
  SOCKET_TIMEOUT(
      "socketTimeout",
      "DB_SOCKET_TIMEOUT",
      "0",
      "Seconds without an answer after which a server counts as lost; 0: statementTimeout and 5 more, or 300."),
  /// How old what a replica has may be.
  REPLICA_LAG(
      "replicaLag",
      "DB_REPLICA_LAG",
      "10",
      "Seconds that a replica may be behind to serve reads that need not be current."),
  /// What stands between us and the server.
  POOLER(
      "pooler",
      "DB_POOLER",
      "auto",
      "transaction, if a pooler such as PgBouncer in transaction mode is in between; none; auto: by the URL."),
  /// How many calls may wait.
  QUEUE_LIMIT(
      "queueLimit",
      "DB_QUEUE_LIMIT",
      "10000",
      "Calls that may wait in line for a connection; one more is refused at once."),
  /// What stands in for a server that is away at the start.
  FALLBACK(
      "fallback",
      "DB_FALLBACK",
      "",
      "An embedded database's URL that stands in if the server cannot be reached at the start; empty: an error."),
  /// The column by which a sharding engine spreads rows.
  DISTRIBUTION(
      "distribution",
      "DB_DISTRIBUTION",
      "",
      "The column that a sharding engine spreads rows by; what it could not do is refused. Empty for none."),
  /// In which role the database itself keeps row policies.
  ROW_SECURITY_ROLE(
      "rowSecurityRole",
      "DB_ROW_SECURITY_ROLE",
      "",
      "The server's role in which actors work, so that it keeps the row policies itself; empty: the layer alone does."),
  /// How safe a commit is.
  DURABILITY(
      "durability",
      "DB_DURABILITY",
      "full",
      "full: a commit survives power loss; normal: faster, but power loss may take the last seconds."),
  /// When a statement counts as slow.
  SLOW_STATEMENT(
      "slowStatement",
      "DB_SLOW_STATEMENT",
      "1",
      "Seconds above which a call is logged and counted as slow."),
  /// Whether every statement is logged.
  ECHO(
      "echo",
      "DB_ECHO",
      "false",
      "Whether every statement's text is logged (never its values), at level DEBUG."),
  /// What signs cursors.
  CURSOR_KEY(
      "cursorKey",
      "PLINTH_CURSOR_KEY",
      "",
      "The secret that signs cursors, 16 characters or more; empty means a new one at every start.");

  private final String key;
  private final String variable;
  private final String standard;
  private final String sentence;

  Setting(String key, String variable, String standard, String sentence) {
    this.key = key;
    this.variable = variable;
    this.standard = standard;
    this.sentence = sentence;
  }

  /// The name in code: `poolSize`.
  public String key() {
    return key;
  }

  /// The environment variable: `DB_POOL_SIZE`.
  public String variable() {
    return variable;
  }

  /// The value where nothing is set, as text.
  public String standard() {
    return standard;
  }

  /// What it does, in one sentence.
  public String sentence() {
    return sentence;
  }

  /// Whether its value must never be shown.
  public boolean secret() {
    return this == CURSOR_KEY;
  }

  /// The names of all settings.
  public static List<String> keys() {
    return Arrays.stream(values()).map(Setting::key).toList();
  }
}
