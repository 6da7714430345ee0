/// Plinth: a data layer that comes complete.
@org.jspecify.annotations.NullMarked
@SuppressWarnings("requires-automatic") // these libraries have no module descriptor yet
module dev.plinth {
  requires transitive org.jspecify;
  requires com.github.benmanes.caffeine;
  requires com.zaxxer.hikari;
  requires io.github.resilience4j.circuitbreaker;
  requires io.github.resilience4j.core;
  requires java.sql;
  requires jakarta.validation;
  requires static duckdb.jdbc; // the application brings these drivers
  requires static org.postgresql.jdbc;
  requires org.slf4j;
  requires org.xerial.sqlitejdbc;
  requires tools.jackson.databind;

  exports dev.plinth;
  exports dev.plinth.audit;
  exports dev.plinth.change;
  exports dev.plinth.config;
  exports dev.plinth.entity;
  exports dev.plinth.error;
  exports dev.plinth.health;
  exports dev.plinth.migration;
  exports dev.plinth.query;
  exports dev.plinth.spi;

  uses dev.plinth.spi.EngineProvider;

  provides dev.plinth.spi.EngineProvider with
      dev.plinth.internal.engine.duckdb.DuckDbProvider,
      dev.plinth.internal.engine.postgres.PostgresProvider,
      dev.plinth.internal.engine.sqlite.SqliteProvider;
}
