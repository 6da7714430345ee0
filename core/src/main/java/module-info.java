/// Plinth: a data layer that comes complete.
@org.jspecify.annotations.NullMarked
module dev.plinth {
  requires transitive org.jspecify;
  requires java.sql;
  requires jakarta.validation;
  requires org.slf4j;
  requires org.xerial.sqlitejdbc;
  requires tools.jackson.databind;

  exports dev.plinth;
  exports dev.plinth.audit;
  exports dev.plinth.config;
  exports dev.plinth.entity;
  exports dev.plinth.error;
  exports dev.plinth.health;
  exports dev.plinth.query;
  exports dev.plinth.spi;

  uses dev.plinth.spi.EngineProvider;

  provides dev.plinth.spi.EngineProvider with
      dev.plinth.internal.engine.sqlite.SqliteProvider;
}
