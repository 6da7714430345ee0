package dev.plinth.testkit;

import dev.plinth.Database;
import dev.plinth.config.DatabaseConfig;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

class SqliteContractTest extends EngineContract {

  @Override
  public Database open(Path folder, UnaryOperator<DatabaseConfig> settings) {
    return Database.open(settings.apply(DatabaseConfig.of("sqlite:" + folder.resolve("test.db"))));
  }
}
