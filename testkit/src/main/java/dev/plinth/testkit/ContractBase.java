package dev.plinth.testkit;

import dev.plinth.Database;
import dev.plinth.config.DatabaseConfig;
import java.nio.file.Path;
import java.time.Clock;
import java.util.function.UnaryOperator;

/// What every contract needs: a database of the engine, empty and its own.
///
/// A contract is an interface whose `@Test default` methods say what any engine must do; their
/// names are unique among all contracts. A test opens its database in a try block, by
/// [#open(Class...)] unless it needs a setting or a clock.
public interface ContractBase {

  /// Opens the engine's store in a folder, which is empty the first time.
  ///
  /// Called again with the same folder it opens the same store, if the engine [#keeps()] it. This
  /// is the one method that every engine's test writes.
  ///
  /// @param settings what to change in the engine's configuration: settings, or the clock
  Database open(Path folder, UnaryOperator<DatabaseConfig> settings);

  /// The test's own temporary folder.
  Path folder();

  /// Whether the data is there again when the same folder is opened anew.
  default boolean keeps() {
    return true;
  }

  /// What declares a key that the database numbers by itself, in tables that others make.
  ///
  /// Behind the column's name in `create table`; the layer's own tables need none of it. An engine
  /// whose columns do not number overrides it, and may make in `db` what the default counts with.
  default String numberedKey(Database db) {
    return "integer primary key";
  }

  /// Opens the store in a folder with every setting at its default.
  default Database open(Path folder) {
    return open(folder, UnaryOperator.identity());
  }

  /// Opens the store of this test and makes the tables of these records.
  default Database open(Class<?>... records) {
    return open(UnaryOperator.identity(), records);
  }

  /// As [#open(Class...)], with the time from a clock.
  default Database open(Clock clock, Class<?>... records) {
    return open(config -> config.withClock(clock), records);
  }

  /// As [#open(Class...)], with settings.
  default Database open(UnaryOperator<DatabaseConfig> settings, Class<?>... records) {
    Database db = open(folder(), settings);
    try {
      db.schema().create(records);
      return db;
    } catch (RuntimeException | Error e) {
      db.close(); // the test never sees it, so nobody else would
      throw e;
    }
  }
}
