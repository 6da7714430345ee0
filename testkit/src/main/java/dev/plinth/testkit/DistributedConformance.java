package dev.plinth.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.Database;
import dev.plinth.Transaction.Options;
import dev.plinth.config.DatabaseConfig;
import dev.plinth.config.DatabaseUrl;
import dev.plinth.config.Isolation;
import dev.plinth.config.RetryPolicy;
import dev.plinth.config.Setting;
import dev.plinth.error.DatabaseException;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Asks a server that spreads rows, such as Citus, for everything that the layer needs of it.
///
/// A program: its argument, or the variable `PLINTH_CONFORMANCE_URL`, is the server's URL. It works
/// in a schema of its own, which it removes at the end. Not thread-safe; two may run at once.
public final class DistributedConformance {

  /// The variable that names the server where no argument does.
  static final String VARIABLE = "PLINTH_CONFORMANCE_URL";

  /// What the names of its schemas begin with.
  static final String SCHEMA = "plinth_conformance_";

  private static final int ALL_PASSED = 0;
  private static final int SOME_FAILED = 1;
  private static final int NOT_STARTED = 2;
  private static final int LONGEST_REASON = 400;

  private static final String USAGE =
      "Give the server's URL, postgresql://user@host/database, as the only argument or in "
          + VARIABLE
          + ".";

  private final String url;
  private final PrintStream out;
  private final String schema =
      SCHEMA + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
  private int passed;
  private int failed;

  private DistributedConformance(String url, PrintStream out) {
    this.url = url;
    this.out = out;
  }

  /// Runs all checks, prints a line for each, and ends the process with [#run]'s number.
  public static void main(String... args) {
    String url =
        switch (args.length) {
          case 0 -> System.getenv(VARIABLE);
          case 1 -> args[0];
          default -> null;
        };
    System.exit(run(url, System.out));
  }

  /// Runs all checks against a server and prints a line for each.
  ///
  /// @return 0 if all passed, 1 if one failed, 2 if the server could not be asked at all
  public static int run(@Nullable String url, PrintStream out) {
    if (url == null || url.isBlank()) {
      out.println(USAGE);
      return NOT_STARTED;
    }
    try {
      if (!DatabaseUrl.parse(url, "The URL").engine().equals("postgresql")) {
        out.println("The URL names no server. " + USAGE);
        return NOT_STARTED;
      }
      return new DistributedConformance(url.strip(), out).run();
    } catch (DatabaseException e) {
      out.println(reason(e));
      return NOT_STARTED;
    }
  }

  private int run() {
    try (Database server = Database.open(DatabaseConfig.of(url).with(Setting.POOL_SIZE, "1"))) {
      String version = server.sql("select version()").as(String.class).one();
      out.println("In the schema " + schema + " at " + DatabaseUrl.parse(url, "The URL"));
      server.sql("create schema " + schema).execute();
      try {
        checkAll();
      } finally {
        check("all of it removed", () -> remove(server));
      }
      out.println(passed + " passed, " + failed + " failed: " + version);
      return failed == 0 ? ALL_PASSED : SOME_FAILED;
    }
  }

  private void checkAll() {
    DatabaseConfig config =
        DatabaseConfig.of(within(url, schema))
            .with(Setting.DISTRIBUTION, "tenant_id")
            .with(Setting.STATEMENT_TIMEOUT, "60");
    try (Database db = Database.open(config)) {
      new DistributedChecks(db).all().forEach(this::check);
    }
  }

  private void check(String name, DistributedChecks.Check check) {
    long start = System.nanoTime();
    try {
      check.run();
      passed++;
      out.printf("ok   %s  %d ms%n", name, (System.nanoTime() - start) / 1_000_000);
    } catch (Exception | AssertionError e) {
      failed++;
      out.printf("FAIL %s: %s%n", name, reason(e));
    }
  }

  private void remove(Database server) {
    server.transaction(
        Options.STANDARD
            .withIsolation(Isolation.READ_COMMITTED)
            .withRetries(RetryPolicy.STANDARD.withAttempts(10)),
        tx -> server.sql("drop schema if exists " + schema + " cascade").execute());
    assertThat(
            server
                .sql("select count(*) from pg_namespace where nspname = :schema")
                .bind("schema", schema)
                .as(Long.class)
                .one())
        .isZero();
  }

  /// The same URL with a search path of this schema alone.
  static String within(String url, String schema) {
    int query = url.indexOf('?');
    String others =
        query < 0
            ? ""
            : Arrays.stream(url.substring(query + 1).split("&"))
                .filter(property -> !property.isEmpty() && !property.startsWith("currentSchema="))
                .map(property -> property + "&")
                .collect(Collectors.joining());
    return (query < 0 ? url : url.substring(0, query)) + "?" + others + "currentSchema=" + schema;
  }

  /// What went wrong, on one line: the words of the first cause that is not one of our threads.
  private static String reason(Throwable thrown) {
    Throwable cause = thrown;
    while (cause instanceof AssertionError && cause.getCause() != null) {
      cause = cause.getCause();
    }
    String words =
        Objects.requireNonNullElse(cause.getMessage(), "")
            .lines()
            .map(String::strip)
            .filter(line -> !line.isEmpty())
            .collect(Collectors.joining(" "));
    String kind = cause instanceof AssertionError ? "" : cause.getClass().getSimpleName() + ": ";
    String all = kind + words;
    return all.length() <= LONGEST_REASON ? all : all.substring(0, LONGEST_REASON) + "…";
  }
}
