package dev.plinth;

import static dev.plinth.query.Filter.field;

import dev.plinth.audit.Actor;
import dev.plinth.error.MigrationException;
import dev.plinth.error.UnsupportedException;
import dev.plinth.internal.migrate.Applied;
import dev.plinth.internal.migrate.History;
import dev.plinth.internal.migrate.Step;
import dev.plinth.internal.migrate.Steps;
import dev.plinth.migration.MigrationStatus;
import dev.plinth.migration.Version;
import dev.plinth.query.Order;
import dev.plinth.spi.Engine;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Changes of the schema, each run once, in order, and noted in the database.
///
/// A migration is a file such as `V1.2.0__add_preferences.sql` or a [Migration]. Each runs in a
/// transaction with its note, so it happens whole or not at all; processes that migrate at the same
/// time take turns. Immutable, thread-safe.
public final class Migrations {

  /// Where on the class path migrations are looked for.
  public static final String LOCATION = "db/migration";

  private static final String FLYWAYS = "flyway_schema_history";

  private static final Logger LOG = LoggerFactory.getLogger("dev.plinth.migration");

  private final Database db;
  private final Engine engine;
  private final StepRunner runner;
  private final List<Step> steps;

  Migrations(Database db, Engine engine, StepRunner runner, List<Step> steps) {
    this.db = db;
    this.engine = engine;
    this.runner = runner;
    this.steps = steps;
  }

  /// The same with the files of a folder, instead of those on the class path.
  ///
  /// @throws MigrationException if there is no such folder, or a file in it is no migration
  public Migrations from(Path folder) {
    return new Migrations(db, engine, runner, Steps.in(folder, engine.name()));
  }

  /// The same with migrations in Java as well.
  ///
  /// @throws MigrationException if two have the same version
  public Migrations with(Migration... more) {
    List<Step> all = new ArrayList<>(steps);
    for (Migration one : more) {
      all.add(
          new Step(
              one.version(),
              one.description(),
              one.getClass().getName(),
              new Step.Code(() -> one.up(db)),
              one.reversible() ? new Step.Code(() -> one.down(db)) : null,
              new Step.Code(() -> one.validate(db))));
    }
    return new Migrations(db, engine, runner, Steps.ordered(all));
  }

  /// Runs what was not run yet, in order.
  ///
  /// @return what was run
  /// @throws MigrationException if one fails: those before it stay, it leaves nothing, those after it
  ///     are not run; or if what was run before was edited or is missing
  public List<MigrationStatus> apply() {
    return apply((Version) null);
  }

  /// Runs what was not run yet, up to a version.
  public List<MigrationStatus> apply(String version) {
    return apply(Version.of(version));
  }

  private List<MigrationStatus> apply(@Nullable Version target) {
    if (steps.isEmpty()) {
      LOG.warn("No migrations are at hand: none in {} on the class path, none given.", LOCATION);
    }
    prepare();
    History history = history();
    if (history.applied().isEmpty() && db.schema().tables().contains(FLYWAYS)) {
      throw new MigrationException(
          "Flyway has migrated this database: call baseline(…) once with the last version in %s, or what it ran would be run again."
              .formatted(FLYWAYS));
    }
    history.check();
    List<Step> pending = history.pending(target);
    runner.parse(pending); // says what is wrong before anything is run
    List<String> ran = new ArrayList<>();
    for (Step step : pending) {
      if (runner.up(step, this::inOrder)) {
        ran.add(step.id());
      }
    }
    return history().statuses().stream().filter(status -> ran.contains(id(status))).toList();
  }

  // somebody else may go back meanwhile
  private void inOrder(Step step) {
    Version version = step.version();
    List<Step> first = version == null ? List.of() : history().pending(version);
    if (!first.isEmpty() && !first.getFirst().id().equals(step.id())) {
      throw new MigrationException(
          "%s was not run: %s before it was undone by somebody else."
              .formatted(step.name(), first.getFirst().name()));
    }
  }

  private static String id(MigrationStatus status) {
    return status.version() == null ? "R " + status.description() : status.version().toString();
  }

  /// Undoes the newest so many versions, newest first.
  ///
  /// @return what was undone
  /// @throws MigrationException if one of them cannot be undone, or only with a loss of data; then
  ///     nothing is
  public List<MigrationStatus> rollback(int steps) {
    return rollback(steps, false);
  }

  /// As [#rollback(int)], even if data is lost.
  public List<MigrationStatus> rollbackWithLoss(int steps) {
    return rollback(steps, true);
  }

  /// Undoes every version after this one, newest first.
  ///
  /// @return what was undone
  /// @throws MigrationException if one of them cannot be undone, or only with a loss of data; then
  ///     nothing is
  public List<MigrationStatus> rollbackTo(String version) {
    prepare();
    Version target = Version.of(version);
    long newer =
        history().applied().stream()
            .map(History::version)
            .filter(other -> other != null && other.compareTo(target) > 0)
            .count();
    return rollback(Math.toIntExact(newer), false);
  }

  private List<MigrationStatus> rollback(int count, boolean lossy) {
    prepare();
    History history = history();
    List<Applied> newest =
        history.applied().reversed().stream()
            .filter(row -> History.version(row) != null)
            .limit(count)
            .toList();
    if (newest.size() < count) {
      throw new MigrationException(
          "%d migrations cannot be undone: only %d were run.".formatted(count, newest.size()));
    }
    List<MigrationStatus> undone =
        newest.stream()
            .map(row ->
                new MigrationStatus(
                    History.version(row),
                    row.description(),
                    MigrationStatus.State.PENDING,
                    null,
                    null,
                    null))
            .toList();
    List<Step> downs =
        newest.stream().map(row -> runner.down(row, history.steps(), lossy)).toList();
    runner.parse(downs);
    for (int i = 0; i < count; i++) {
      runner.undo(newest.get(i), downs.get(i), this::isNewest);
    }
    return undone;
  }

  // somebody else may go on meanwhile
  private void isNewest(Applied row) {
    Applied last =
        history().applied().reversed().stream()
            .filter(other -> History.version(other) != null)
            .findFirst()
            .orElse(row);
    if (last.id() > row.id()) {
      throw new MigrationException(
          "%s %s was not undone: %s %s was run by somebody else after it."
              .formatted(row.name(), row.description(), last.name(), last.description()));
    }
  }

  /// How each migration stands, in order.
  public List<MigrationStatus> status() {
    fit();
    return history().statuses();
  }

  /// What [#apply()] would run, in order.
  public List<MigrationStatus> pending() {
    fit();
    History history = history();
    List<String> pending = history.pending(null).stream().map(Step::id).toList();
    return history.statuses().stream().filter(status -> pending.contains(id(status))).toList();
  }

  /// The SQL that [#apply()] would run, one statement after the other; nothing is run.
  ///
  /// A migration in Java is a comment with its name.
  public List<String> dryRun() {
    fit();
    History history = history();
    history.check();
    return runner.parse(history.pending(null));
  }

  /// Refuses what was edited since it was run, is missing, or comes too late.
  ///
  /// @throws MigrationException if there is any; it names all of them
  public void validate() {
    fit();
    history().check();
  }

  /// Takes what is there as the state after a version, whose migrations are then never run.
  ///
  /// @throws MigrationException if a migration was run already
  public void baseline(String version) {
    prepare();
    Version first = Version.of(version);
    if (!history().applied().isEmpty()) {
      throw new MigrationException(
          "There is a history already, so version %s cannot be its beginning.".formatted(first));
    }
    rows()
        .create(
            new Applied(
                0,
                first.toString(),
                "baseline",
                Applied.Kind.BASELINE,
                null,
                null,
                false,
                0,
                db.config().clock().instant(),
                Actor.current().id(),
                0));
  }

  /// Takes the migrations at hand for those that were run: what was edited is noted as it is now, what
  /// is missing is forgotten.
  ///
  /// @return what was noted or forgotten
  public List<MigrationStatus> repair() {
    prepare();
    return db.<List<MigrationStatus>, RuntimeException>inTransaction(tx -> {
      History history = history();
      List<MigrationStatus> repaired = new ArrayList<>();
      for (MigrationStatus status : history.statuses()) {
        Repository<Applied, Long> rows = rows();
        switch (status.state()) {
          case EDITED -> {
            Step step =
                history.steps().stream()
                    .filter(one -> one.id().equals(id(status)))
                    .findFirst()
                    .orElseThrow();
            Step.Script down = step.down() instanceof Step.Script script ? script : null;
            rows.where(field(Applied::name).is(id(status)))
                .update(c ->
                    c.set(Applied::checksum, step.checksum())
                        .set(Applied::down, down == null ? null : down.text())
                        .set(Applied::lossy, down != null && down.lossy()));
            repaired.add(status);
          }
          case MISSING -> {
            rows.where(field(Applied::name).is(id(status))).purge();
            repaired.add(status);
          }
          default -> {}
        }
      }
      return repaired;
    });
  }

  private void prepare() {
    fit();
    if (!begun()) {
      db.schema().create(Applied.class);
    }
  }

  private void fit() {
    String unfit = engine.unfitForMigrations();
    if (unfit != null) {
      throw new UnsupportedException(unfit);
    }
  }

  private boolean begun() {
    return db.schema().tables().contains(Applied.TABLE);
  }

  private Repository<Applied, Long> rows() {
    return db.repository(Applied.class);
  }

  private History history() {
    return new History(
        begun() ? rows().query().orderBy(Order.ascending(Applied::id)).list() : List.of(), steps);
  }
}
