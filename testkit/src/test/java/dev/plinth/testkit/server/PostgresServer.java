package dev.plinth.testkit.server;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/// A real PostgreSQL for tests, gone at the end of the JVM at the latest.
///
/// Tests share one server, and each makes its own database in it. Thread-safe.
public final class PostgresServer implements AutoCloseable {

  /// Quick, as its data is thrown away; what clients see is what they see of any other.
  private static final List<String> QUICK = List.of("fsync=off", "full_page_writes=off");

  private static final List<String> ALWAYS =
      List.of("max_connections=300", "shared_buffers=64MB", "max_wal_size=256MB");

  private static final String EMPTY =
      """
      do $$ declare name text; begin
        for name in select nspname from pg_namespace
            where nspname not like 'pg\\_%' and nspname <> 'information_schema' loop
          execute format('drop schema %I cascade', name);
        end loop;
      end $$;
      create schema public authorization pg_database_owner;
      grant usage on schema public to public;
      """;

  private final OwnFolder folder;
  private final PostgresNode node;
  private final AtomicInteger databases = new AtomicInteger();
  private final Queue<String> empty = new ConcurrentLinkedQueue<>();

  private PostgresServer(OwnFolder folder, PostgresNode node) {
    this.folder = folder;
    this.node = node;
  }

  /// The server of this JVM, PostgreSQL 18, started when it is first asked for.
  public static PostgresServer shared() {
    return Shared.SERVER;
  }

  /// Starts a server of one's own: it keeps what it acknowledges, and may be killed.
  ///
  /// @param settings lines for its configuration, as `synchronous_commit=off`
  public static PostgresServer start(String... settings) {
    return start(OwnFolder.create(), PostgresBinaries.bundled(), List.of(settings));
  }

  static PostgresServer startQuick(PostgresBinaries binaries) {
    return start(OwnFolder.create(), binaries, QUICK);
  }

  static PostgresServer start(OwnFolder folder, PostgresBinaries binaries, List<String> settings) {
    try {
      List<String> all = new ArrayList<>(ALWAYS);
      all.addAll(settings); // of two lines the later one holds
      PostgresNode node = new PostgresNode(folder, binaries, "server");
      node.init(all);
      node.start();
      return new PostgresServer(folder, node);
    } catch (RuntimeException | Error e) {
      folder.close();
      throw e;
    }
  }

  /// Its process, to be killed or hung; not that of the shared server.
  public PostgresNode node() {
    return node;
  }

  public int port() {
    return node.port();
  }

  /// Gives the URL of an empty database, `postgresql://postgres@127.0.0.1:port/name`.
  public String freshDatabase() {
    String used = empty.poll();
    // A copy of files is twice as fast as one through the log when several tests want one.
    return used != null ? used : freshDatabase("strategy file_copy");
  }

  /// Makes an empty database that is not like others.
  ///
  /// @param options behind `create database name`, such as `template template0 locale_provider icu
  ///     icu_locale 'en-US'` for text that is sorted as in a dictionary
  public String freshDatabase(String options) {
    String name = "test_" + databases.incrementAndGet();
    run("create database " + name + " " + options);
    return node.url(name);
  }

  /// Empties a database of [#freshDatabase()] for whoever asks for the next; quicker than a new one.
  ///
  /// Connections to it end. All schemas go; what was set for the database as a whole would stay.
  public void giveBack(String url) {
    String name = name(url);
    String sql = "select pg_terminate_backend(pid, 10000) from pg_stat_activity where datname = '";
    run(sql + name + "'");
    run(node.url(name), EMPTY);
    empty.add(url);
  }

  /// Removes a database, with the connections to it.
  public void dropDatabase(String url) {
    run("drop database if exists " + name(url) + " with (force)");
  }

  private static String name(String url) {
    return url.substring(url.lastIndexOf('/') + 1);
  }

  private void run(String sql) {
    run(node.url(), sql);
  }

  private static void run(String url, String sql) {
    try (Connection connection = Jdbc.open(url, "connectTimeout=10", "socketTimeout=60")) {
      Jdbc.execute(connection, sql);
    } catch (SQLException e) {
      throw new IllegalStateException(sql + " failed on " + url + ".", e);
    }
  }

  @Override
  public void close() {
    folder.close();
  }

  private static final class Shared {
    static final PostgresServer SERVER = startQuick(PostgresBinaries.bundled());

    private Shared() {}
  }
}
