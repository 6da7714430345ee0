package dev.plinth.testkit;

import dev.plinth.Database;
import dev.plinth.config.DatabaseConfig;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

// A durable write takes DuckDB ten milliseconds, and some of the contract's tests make thousands.
@Timeout(240)
class DuckDbContractTest extends EngineContract {

  @Override
  public Database open(Path folder, UnaryOperator<DatabaseConfig> settings) {
    DatabaseConfig config = DatabaseConfig.of("duckdb:" + folder.resolve("test.duckdb"));
    return Database.open(settings.apply(config));
  }

  @Override
  public String numberedKey(Database db) {
    db.sql("create sequence if not exists numbers").execute();
    return "integer primary key default nextval('numbers')";
  }

  @Override
  protected Map<String, String> exceptions() {
    Map<String, String> exceptions = new HashMap<>();
    String whole = "DuckDB has no savepoints: what fails in a transaction fails the whole of it";
    for (String test :
        List.of(
            "aBulkThatFailsInATransactionLeavesTheRestOfItAsItWas",
            "aFailingCheckLeavesTheTransactionUsable",
            "anErrorThatIsCaughtLeavesTheTransactionUsable",
            "aPartThatFailsIsUndoneAlone",
            "entriesAreRolledBackWithTheirChange",
            "hooksOfWhatIsUndoneAreDropped",
            "partsNestThreeDeep",
            "rollbackEndsWithoutAnError",
            "theFirstEntryOfAllMayBeRolledBack")) {
      exceptions.put(test, whole);
    }
    String keys =
        "DuckDB's foreign keys do not let a row be changed that others refer to, so none are made";
    for (String test :
        List.of(
            "aRowThatIsReferredToCannotBePurged",
            "recordsMayReferToThemselvesAndInCircles",
            "referencesAreKept",
            "purgingARowWhoseChildrenWentWithItIsRefused",
            "purgeAllRemovesNothingIfOneRowIsReferredTo")) {
      exceptions.put(test, keys);
    }
    String slow = "DuckDB plans a filter of thousands of conditions for minutes";
    exceptions.put("thousandsOfConditionsWork", slow);
    exceptions.put("thousandsOfAlternativesWork", slow);
    exceptions.put(
        "adoptedTablesMayHoldTimesAsTexts", "its columns hold values of their type only");
    Stream.of(FullTextContract.class, FullTextRowsContract.class, FullTextOracleContract.class)
        .flatMap(contract -> Arrays.stream(contract.getMethods()))
        .filter(method -> method.isAnnotationPresent(Test.class))
        .forEach(method -> exceptions.put(method.getName(), "DuckDB has no full-text search"));
    return exceptions;
  }
}
