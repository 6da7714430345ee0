package dev.plinth.internal.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.config.DatabaseConfig;
import dev.plinth.entity.Audited;
import dev.plinth.entity.Cached;
import dev.plinth.entity.DeletedAt;
import dev.plinth.entity.Id;
import dev.plinth.entity.References;
import dev.plinth.internal.cache.Caches;
import dev.plinth.internal.change.Feeds;
import dev.plinth.internal.engine.sqlite.SqliteProvider;
import dev.plinth.internal.policy.RowPolicies;
import dev.plinth.internal.shape.Shapes;
import dev.plinth.internal.shape.UuidV7;
import dev.plinth.internal.sql.CursorCodec;
import dev.plinth.internal.sql.SchemaWriter;
import dev.plinth.internal.sql.SqlWriter;
import dev.plinth.internal.transaction.Retrying;
import dev.plinth.internal.transaction.Transactions;
import dev.plinth.query.Filter;
import dev.plinth.spi.Engine;
import jakarta.validation.constraints.Size;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The order of all concerns, and that a record pays only for those it needs.
final class PipelineOrderTest {

  @Audited(false)
  record Plain(@Id UUID id, String name) {}

  record Watched(@Id UUID id, String name) {}

  @Audited(false)
  record Fading(@Id UUID id, @DeletedAt Instant deletedAt) {}

  @Audited(false)
  record Checked(@Id UUID id, @Size(max = 3) String name) {}

  record Everything(@Id UUID id, @Size(max = 3) String name, @DeletedAt Instant deletedAt) {}

  @Audited(false)
  record Leaning(@Id UUID id, @References(Fading.class) UUID fading) {}

  @Audited(false)
  record Fast(@Id UUID id, @References(Plain.class) UUID plain) {}

  @Cached
  record Remembered(@Id UUID id, @DeletedAt Instant deletedAt) {}

  private final RowPolicies policies = new RowPolicies(null);
  private final Engine engine = new SqliteProvider().open(DatabaseConfig.of("sqlite::memory:"));

  @AfterEach
  void close() {
    engine.close();
  }

  @Test
  void aPlainRecordPaysForNoConcernOfOthers() {
    assertThat(steps(Plain.class))
        .containsExactly("Observe", "Guard", "Retry", "Transact", "SaveRows", "Stamp", "Execute");
  }

  @Test
  void auditStandsInsideTheTransaction() {
    assertThat(steps(Watched.class))
        .containsExactly(
            "Observe", "Guard", "Retry", "Transact", "SaveRows", "Audit", "Stamp", "Execute");
  }

  @Test
  void softDeletesAreStamped() {
    assertThat(steps(Fading.class))
        .containsExactly(
            "Observe",
            "Guard",
            "Retry",
            "Transact",
            "SaveRows",
            "Relate",
            "SoftDelete",
            "Stamp",
            "Execute");
  }

  @Test
  void onlyReferencesToWhatCanBeDeletedSoftlyAreLookedAt() {
    assertThat(steps(Leaning.class))
        .containsExactly(
            "Observe", "Guard", "Retry", "Transact", "SaveRows", "Relate", "Stamp", "Execute");
    assertThat(steps(Fast.class)).isEqualTo(steps(Plain.class));
  }

  @Test
  void validationSeesTheStampedRow() {
    assertThat(steps(Checked.class))
        .containsExactly(
            "Observe", "Guard", "Retry", "Transact", "SaveRows", "Stamp", "Validate", "Execute");
  }

  @Test
  void auditStandsOutsideSoftDeleteSoThatItSaysDelete() {
    assertThat(steps(Everything.class))
        .containsExactly(
            "Observe",
            "Guard",
            "Retry",
            "Transact",
            "SaveRows",
            "Relate",
            "Audit",
            "SoftDelete",
            "Stamp",
            "Validate",
            "Execute");
  }

  @Test
  void whatIsKeptInMemoryAnswersBeforeAnythingIsBegun() {
    assertThat(steps(Remembered.class, false))
        .containsExactly("Observe", "Guard", "Cache", "Retry", "SoftDelete", "Execute");
  }

  @Test
  void whatIsKeptInMemoryIsVoidedWithTheTransaction() {
    assertThat(steps(Remembered.class, true))
        .containsExactly(
            "Observe",
            "Guard",
            "Retry",
            "Transact",
            "SaveRows",
            "Cache",
            "Relate",
            "Audit",
            "SoftDelete",
            "Stamp",
            "Execute");
  }

  @Test
  void policiesStandBeforeTheCacheInReadsAndInsideTheTransactionInWrites() {
    policies.add(Shapes.of(Plain.class), actor -> Filter.all());
    assertThat(steps(Remembered.class, false))
        .containsExactly("Observe", "Guard", "Restrict", "Cache", "Retry", "SoftDelete", "Execute");
    assertThat(steps(Remembered.class, true))
        .containsExactly(
            "Observe",
            "Guard",
            "Retry",
            "Transact",
            "SaveRows",
            "Restrict",
            "Cache",
            "Relate",
            "Audit",
            "SoftDelete",
            "Stamp",
            "Execute");
    assertThat(steps(Plain.class, false))
        .containsExactly("Observe", "Guard", "Restrict", "Retry", "Execute");
  }

  @Test
  void aReadPaysForNoWrite() {
    assertThat(steps(Watched.class, false)).containsExactly("Observe", "Guard", "Retry", "Execute");
    assertThat(steps(Everything.class, false))
        .containsExactly("Observe", "Guard", "Retry", "SoftDelete", "Execute");
  }

  private List<String> steps(Class<?> type) {
    return steps(type, true);
  }

  private List<String> steps(Class<?> type, boolean writes) {
    Clock clock = Clock.systemUTC();
    SqlWriter writer = new SqlWriter(engine.dialect());
    SchemaWriter schema = new SchemaWriter(engine.dialect(), null);
    Retrying retrying = new Retrying();
    Transactions transactions =
        new Transactions(engine, retrying, new DoneKeys(engine, schema, clock));
    UuidV7 ids = new UuidV7(clock);
    Execute execute = new Execute(engine, transactions, writer, new CursorCodec(""), policies);
    Catalog catalog = new Catalog(engine, transactions);
    Pipeline.Steps steps =
        new Pipeline.Steps(
            new Observe(
                Duration.ofSeconds(1),
                clock,
                retrying,
                call -> new dev.plinth.spi.Outcome.Explained("")),
            new Guard(() -> true, transactions, null),
            new Restrict(policies, catalog, new RestrictedWrite(policies, transactions)),
            null,
            new Cache(new Caches(engine), transactions, execute),
            new Retry(transactions),
            new Transact(transactions),
            new SaveRows(policies),
            new Relations(engine, transactions, writer, catalog, ids, policies),
            new Audit(
                new AuditRows(
                    engine, writer, schema, transactions, new Feeds(engine, transactions), clock),
                engine.dialect()),
            new SoftDelete(clock, ids, catalog),
            new Stamp(clock, ids),
            new Validate(),
            execute);
    return steps.of(Shapes.of(type), writes).stream()
        .map(step -> step.getClass().getSimpleName())
        .toList();
  }
}
