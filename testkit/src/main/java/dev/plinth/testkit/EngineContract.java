package dev.plinth.testkit;

import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDir;

/// Everything that an engine must do, as tests.
///
/// An engine's test class extends this, gives `open`, and lists what it cannot do, with reasons:
///
/// ```java
/// class DuckDbContractTest extends EngineContract {
///   @Override public Database open(Path folder, UnaryOperator<DatabaseConfig> settings) {
///     DatabaseConfig config = DatabaseConfig.of("duckdb:" + folder.resolve("test.duckdb"));
///     return Database.open(settings.apply(config));
///   }
///   @Override protected Map<String, String> exceptions() {
///     return Map.of("aPartThatFailsIsUndoneAlone", "DuckDB has no savepoints");
///   }
/// }
/// ```
@ExtendWith(EngineContract.Exceptions.class)
public abstract class EngineContract
    implements RepositoryContract,
        PatchContract,
        BulkContract,
        SaveContract,
        SaveAllContract,
        DuplicatesContract,
        ChangesFromJsonContract,
        SaveAllRandomContract,
        ConcurrencyContract,
        TransactionContract,
        TransactionEndContract,
        TransactionOptionsContract,
        AuditContract,
        AuditRollbackContract,
        AuditQueryContract,
        AuditReplayContract,
        SoftDeleteContract,
        CascadeContract,
        CascadeRuleContract,
        CascadeRaceContract,
        CascadeRandomContract,
        ReferenceContract,
        ValidationContract,
        FilterContract,
        QueryContract,
        CursorContract,
        SearchContract,
        FullTextContract,
        FullTextRowsContract,
        FullTextOracleContract,
        InjectionContract,
        TypesContract,
        JsonContract,
        JsonDamageContract,
        ArrayContract,
        JsonFilterContract,
        JsonMergeContract,
        SqlContract,
        TableContract,
        SchemaContract,
        ArithmeticContract,
        SqlSafetyContract,
        StreamEndContract,
        SecretContract,
        AuditTruthContract,
        FilterSizeContract,
        TableDefaultsContract,
        MistakesContract,
        ExactValuesContract,
        DistributionContract,
        CacheContract,
        CacheRaceContract,
        RelationFilterContract,
        BudgetContract,
        FetchPlanContract,
        FetchPlanMistakesContract,
        AttributionContract,
        ChangesContract,
        ChangesFlowContract,
        PolicyContract,
        PolicyDoorsContract,
        PolicyCoverageContract,
        PolicyRelationContract,
        MigrationContract,
        MigrationScriptContract,
        MigrationHistoryContract,
        ChangedRowsContract {

  @TempDir private Path folder;

  @Override
  public final Path folder() {
    return folder;
  }

  /// The tests that the engine cannot pass, each with the reason; none unless overridden.
  protected Map<String, String> exceptions() {
    return Map.of();
  }

  @Test
  final void everyExceptionNamesATest() {
    Set<String> tests =
        Arrays.stream(getClass().getMethods())
            .filter(method -> method.isAnnotationPresent(Test.class))
            .map(Method::getName)
            .collect(Collectors.toSet());
    exceptions()
        .forEach((name, reason) -> {
          Assertions.assertTrue(tests.contains(name), () -> "No test is called " + name);
          Assertions.assertFalse(reason.isBlank(), () -> "No reason is given for " + name);
        });
  }

  /// Skips what an engine's test lists, and says why.
  static final class Exceptions implements ExecutionCondition {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      String reason =
          context
              .getTestInstance()
              .map(test -> ((EngineContract) test).exceptions())
              .flatMap(exceptions ->
                  context.getTestMethod().map(method -> exceptions.get(method.getName())))
              .orElse(null);
      return reason == null
          ? ConditionEvaluationResult.enabled("part of the contract")
          : ConditionEvaluationResult.disabled(reason);
    }
  }
}
