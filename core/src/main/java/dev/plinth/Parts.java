package dev.plinth;

import dev.plinth.config.DatabaseConfig;
import dev.plinth.config.Setting;
import dev.plinth.internal.cache.Caches;
import dev.plinth.internal.change.Feeds;
import dev.plinth.internal.pipeline.Audit;
import dev.plinth.internal.pipeline.AuditRows;
import dev.plinth.internal.pipeline.Catalog;
import dev.plinth.internal.pipeline.Distribute;
import dev.plinth.internal.pipeline.DoneKeys;
import dev.plinth.internal.pipeline.Execute;
import dev.plinth.internal.pipeline.Guard;
import dev.plinth.internal.pipeline.Observe;
import dev.plinth.internal.pipeline.Pipeline;
import dev.plinth.internal.pipeline.Relations;
import dev.plinth.internal.pipeline.Restrict;
import dev.plinth.internal.pipeline.RestrictedSql;
import dev.plinth.internal.pipeline.RestrictedWrite;
import dev.plinth.internal.pipeline.Retry;
import dev.plinth.internal.pipeline.SaveRows;
import dev.plinth.internal.pipeline.Secure;
import dev.plinth.internal.pipeline.SoftDelete;
import dev.plinth.internal.pipeline.SqlRunner;
import dev.plinth.internal.pipeline.Stamp;
import dev.plinth.internal.pipeline.Transact;
import dev.plinth.internal.pipeline.Validate;
import dev.plinth.internal.policy.RowPolicies;
import dev.plinth.internal.shape.UuidV7;
import dev.plinth.internal.sql.CursorCodec;
import dev.plinth.internal.sql.SchemaWriter;
import dev.plinth.internal.sql.SqlWriter;
import dev.plinth.internal.transaction.Retrying;
import dev.plinth.internal.transaction.Transactions;
import dev.plinth.spi.Engine;
import dev.plinth.spi.RowSecurity;
import java.time.Clock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// What a database is made of, put together in one place.
record Parts(
    Transactions transactions,
    Pipeline.Steps steps,
    Catalog catalog,
    SchemaWriter schemaWriter,
    SqlRunner runner,
    AuditRows auditRows,
    Caches caches,
    Feeds feeds,
    Repositories repositories,
    RowPolicies policies,
    Secure secure) {

  private static final String ROLE = "authenticated"; // as Supabase has it

  /// The parts for an engine.
  ///
  /// @param open whether the database is still open
  static Parts of(
      DatabaseConfig config, Engine engine, @Nullable Fallback fallback, BooleanSupplier open) {
    Clock clock = config.clock();
    String role = config.text(Setting.ROW_SECURITY_ROLE);
    RowSecurity security = engine.dialect().rowSecurity();
    if (!role.isEmpty() && security == null && fallback == null) {
      throw Secure.unsupported(engine);
    }
    RowPolicies policies = new RowPolicies(role.isEmpty() || security == null ? null : role);
    String column = config.text(Setting.DISTRIBUTION);
    Distribute distribute = column.isEmpty() ? null : new Distribute(column);
    SchemaWriter schemaWriter =
        new SchemaWriter(engine.dialect(), distribute == null ? null : distribute::place);
    Retrying retrying = new Retrying();
    Transactions transactions =
        new Transactions(engine, retrying, new DoneKeys(engine, schemaWriter, clock));
    Catalog catalog = new Catalog(engine, transactions);
    SqlWriter writer = new SqlWriter(engine.dialect());
    UuidV7 ids = new UuidV7(clock);
    CursorCodec cursors = new CursorCodec(config.text(Setting.CURSOR_KEY));
    Feeds feeds = new Feeds(engine, transactions);
    AuditRows auditRows = new AuditRows(engine, writer, schemaWriter, transactions, feeds, clock);
    Secure secure =
        new Secure(engine, transactions, writer, auditRows, policies, role.isEmpty() ? ROLE : role);
    Guard guard = new Guard(open, transactions, fallback == null ? null : fallback::beforeWrite);
    Execute execute = new Execute(engine, transactions, writer, cursors, policies);
    SoftDelete softDelete = new SoftDelete(clock, ids, catalog);
    Observe observe =
        new Observe(
            config.duration(Setting.SLOW_STATEMENT),
            clock,
            retrying,
            call -> softDelete.apply(call, execute::text)); // each step that rewrites reads
    Caches caches = new Caches(engine);
    Relations relations = new Relations(engine, transactions, writer, catalog, ids, policies);
    Pipeline.Steps steps =
        new Pipeline.Steps(
            observe,
            guard,
            new Restrict(policies, catalog, new RestrictedWrite(policies, transactions)),
            distribute,
            new dev.plinth.internal.pipeline.Cache(caches, transactions, execute),
            new Retry(transactions),
            new Transact(transactions),
            new SaveRows(policies),
            relations,
            new Audit(auditRows, engine.dialect()),
            softDelete,
            new Stamp(clock, ids),
            new Validate(),
            execute);
    Repositories repositories =
        new Repositories(steps, relations, transactions, catalog, caches, cursors, ids);
    SqlRunner runner =
        new SqlRunner(
            engine,
            transactions,
            observe,
            guard,
            caches,
            policies,
            new RestrictedSql(policies, catalog));
    return new Parts(
        transactions,
        steps,
        catalog,
        schemaWriter,
        runner,
        auditRows,
        caches,
        feeds,
        repositories,
        policies,
        secure);
  }
}
