package dev.plinth;

import static dev.plinth.query.Filter.field;

import dev.plinth.audit.Actor;
import dev.plinth.config.Isolation;
import dev.plinth.config.RetryPolicy;
import dev.plinth.error.ConflictException;
import dev.plinth.error.DatabaseException;
import dev.plinth.error.MigrationException;
import dev.plinth.internal.migrate.AloneRun;
import dev.plinth.internal.migrate.Applied;
import dev.plinth.internal.migrate.Step;
import dev.plinth.internal.pipeline.SqlRunner;
import dev.plinth.internal.sql.NamedSql;
import dev.plinth.internal.transaction.Transactions;
import dev.plinth.query.Row;
import dev.plinth.spi.Engine;
import dev.plinth.spi.Session;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Runs single migrations, each once, whoever else migrates at the same time.
///
/// Thread-safe.
final class StepRunner {

  // a change that waits for a lock makes everybody behind it wait, so it gives up and comes again
  private static final RetryPolicy RETRIES =
      new RetryPolicy(10, Duration.ofSeconds(2), Duration.ofMillis(500));

  private static final Transaction.Options OPTIONS =
      Transaction.Options.STANDARD.withIsolation(Isolation.READ_COMMITTED).withRetries(RETRIES);

  private static final long LONGEST_WAIT_NANOS = TimeUnit.MINUTES.toNanos(10);
  private static final long LOOK_MILLIS = 50;

  private final Database db;
  private final Engine engine;
  private final Transactions transactions;
  private final SqlRunner runner;

  StepRunner(Database db, Engine engine, Transactions transactions, SqlRunner runner) {
    this.db = db;
    this.engine = engine;
    this.transactions = transactions;
    this.runner = runner;
  }

  /// The statements of migrations; says what is wrong with them before any is run.
  List<String> parse(List<Step> steps) {
    List<String> statements = new ArrayList<>();
    for (Step step : steps) {
      for (Step.Part part : new Step.@Nullable Part[] {step.up(), step.check()}) {
        if (part instanceof Step.Script script) {
          parse(step, script).forEach(statement -> statements.add(statement.text().strip()));
        }
      }
      if (step.up() instanceof Step.Code) {
        statements.add("-- " + step.name());
      }
    }
    return statements;
  }

  private List<NamedSql> parse(Step step, Step.Script script) {
    try {
      List<NamedSql> statements = NamedSql.script(script.text(), engine.dialect());
      statements.forEach(statement -> statement.bind(Map.of()));
      return statements;
    } catch (DatabaseException e) {
      throw new MigrationException("%s: %s".formatted(step.name(), e.getMessage()), e);
    }
  }

  /// Runs a migration, unless somebody has done so meanwhile.
  ///
  /// @param inOrder throws if it is not the next one any more
  boolean up(Step step, Consumer<Step> inOrder) {
    if (step.up() instanceof Step.Script script && script.alone()) {
      return alone(step, script);
    }
    return inTurn(
        step,
        at -> {
          Applied earlier = row(step);
          String checksum = step.checksum();
          if (earlier != null
              && (step.version() != null || Objects.equals(earlier.checksum(), checksum))) {
            return false;
          }
          inOrder.accept(step);
          long start = System.nanoTime();
          run(step, step.up(), at);
          check(step, at);
          if (earlier != null) {
            rows().purge(earlier.id());
          }
          rows().create(note(step, 0, System.nanoTime() - start));
          return true;
        });
  }

  private Applied note(Step step, int left, long nanos) {
    Step.Part down = step.down();
    return new Applied(
        0,
        step.id(),
        step.description(),
        step.up() instanceof Step.Script ? Applied.Kind.SQL : Applied.Kind.JAVA,
        step.checksum(),
        down instanceof Step.Script script ? script.text() : null,
        down instanceof Step.Script script && script.lossy(),
        left,
        db.config().clock().instant(),
        Actor.current().id(),
        TimeUnit.NANOSECONDS.toMillis(nanos));
  }

  /// The way back from a migration that was run.
  Step down(Applied row, List<Step> steps, boolean lossy) {
    Step step = steps.stream().filter(one -> one.id().equals(row.name())).findFirst().orElse(null);
    Step.Part down = step == null ? null : step.down();
    if (row.down() != null) { // as it was when it was run
      down = new Step.Script(row.down(), 1, false, row.lossy());
    }
    String name = row.name() + " " + row.description();
    if (down == null) {
      throw new MigrationException(
          "%s cannot be undone: it has no '-- migrate:down'.".formatted(name));
    }
    if (down instanceof Step.Script script && script.lossy() && !lossy) {
      throw new MigrationException(
          "%s can only be undone with a loss of data: call rollbackWithLoss(…) if that is meant."
              .formatted(name));
    }
    return new Step(null, row.description(), name, down, null, null);
  }

  /// Goes back.
  ///
  /// @param isNewest throws if it is not the last one any more
  void undo(Applied row, Step down, Consumer<Applied> isNewest) {
    inTurn(
        down,
        at -> {
          isNewest.accept(row);
          if (rows().purge(row.id())) { // else somebody else has done it
            run(down, down.up(), at);
          }
          return true;
        });
  }

  /// Where a migration stands, for the message if it fails.
  private static final class Place {
    private String words = "";
  }

  private interface Turn {
    boolean work(Place at);
  }

  private boolean inTurn(Step step, Turn turn) {
    long end = System.nanoTime() + LONGEST_WAIT_NANOS;
    while (true) {
      Place at = new Place();
      boolean[] done = new boolean[1];
      try {
        boolean mine =
            db.policies() // a change of the schema is nobody's view of it
                .<Boolean, RuntimeException>bypass(
                    () -> db.inTransaction(OPTIONS, tx -> mine() && ran(done, turn.work(at))));
        if (mine) {
          return done[0];
        }
      } catch (MigrationException e) {
        throw e;
      } catch (Exception e) { // Java may throw what it does not declare
        throw new MigrationException(
            "%s%s failed, and nothing of it was kept: %s"
                .formatted(step.name(), at.words, e.getMessage()),
            e);
      }
      pause(end);
    }
  }

  private static boolean ran(boolean[] done, boolean now) {
    done[0] = now; // again if the transaction is
    return true;
  }

  private static void pause(long end) {
    if (System.nanoTime() > end) {
      throw new MigrationException(
          "Another process has been migrating for ten minutes; ask it, or try again.");
    }
    try {
      Thread.sleep(LOOK_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MigrationException("The wait for another process that migrates was broken off.", e);
    }
  }

  private boolean mine() {
    String turn = engine.dialect().migrationTurn();
    Session session = Objects.requireNonNull(transactions.current()).session();
    return turn == null || AloneRun.asked(session, turn);
  }

  private void run(Step step, Step.Part part, Place at) {
    switch (part) {
      case Step.Code code -> code.work().run();
      case Step.Script script -> {
        for (NamedSql statement : parse(step, script)) {
          at.words = place(script, statement);
          run(statement);
        }
        at.words = "";
      }
    }
  }

  private static String place(Step.Script script, NamedSql statement) {
    return ", line " + (script.firstLine() + statement.line() - 1);
  }

  private void run(NamedSql statement) {
    Sql sql = new Sql(runner, statement, Map.of());
    if (statement.givesRows()) {
      sql.rows().list();
    } else {
      sql.execute();
    }
  }

  private void check(Step step, Place at) {
    switch (step.check()) {
      case null -> {}
      case Step.Code code -> code.work().run();
      case Step.Script script -> {
        for (NamedSql statement : parse(step, script)) {
          at.words = place(script, statement);
          for (Row row : new Sql(runner, statement, Map.of()).rows().list()) {
            Object first = row.values().values().iterator().next();
            if (!Boolean.TRUE.equals(first)
                && !(first instanceof Number number && number.longValue() == 1)) {
              throw new MigrationException(
                  "%s%s: what it should have brought about is not so."
                      .formatted(step.name(), at.words));
            }
          }
        }
        at.words = "";
      }
    }
  }

  private boolean alone(Step step, Step.Script script) {
    if (transactions.current() != null) { // which may have the turn itself, and would wait for it
      throw new MigrationException(
          "%s runs outside transactions, so it cannot be run in one.".formatted(step.name()));
    }
    List<NamedSql> statements = parse(step, script);
    long end = System.nanoTime() + LONGEST_WAIT_NANOS;
    while (true) {
      try (Session session = engine.write()) {
        AloneRun run = new AloneRun(session, engine.dialect());
        if (run.begin()) {
          try {
            return run.statements(note(step, statements.size(), 0), statements, script.firstLine());
          } finally {
            db.cache().invalidateAll(); // nobody knows which rows these statements changed
            run.end();
          }
        }
      } catch (ConflictException e) {
        throw new MigrationException("%s failed: %s".formatted(step.name(), e.getMessage()), e);
      }
      pause(end);
    }
  }

  private @Nullable Applied row(Step step) {
    return rows().where(field(Applied::name).is(step.id())).first().orElse(null);
  }

  private Repository<Applied, Long> rows() {
    return db.repository(Applied.class);
  }
}
