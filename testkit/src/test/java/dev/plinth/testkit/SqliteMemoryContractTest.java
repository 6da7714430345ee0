package dev.plinth.testkit;

import dev.plinth.Database;
import dev.plinth.config.DatabaseConfig;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.UnaryOperator;

class SqliteMemoryContractTest extends EngineContract {

  @Override
  public Database open(Path folder, UnaryOperator<DatabaseConfig> settings) {
    return Database.open(settings.apply(DatabaseConfig.of("sqlite::memory:")));
  }

  @Override
  public boolean keeps() {
    return false;
  }

  // A database in memory is one connection: while a transaction has it, other threads wait.
  @Override
  protected Map<String, String> exceptions() {
    String why = "another thread waits for the end of the transaction";
    return Map.of(
        "readOnlySeesOneMomentsState",
        why,
        "othersSeeNothingBeforeTheCommit",
        why,
        "theEdgesOfAPlanAreOfOneMoment",
        why);
  }
}
