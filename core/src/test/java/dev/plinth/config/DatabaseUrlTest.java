package dev.plinth.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.plinth.error.ConfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// URLs: which are known, what they mean, and that none is ever repeated with its password.
final class DatabaseUrlTest {

  @ParameterizedTest
  @CsvSource({
    "sqlite:shop.db, sqlite, shop.db",
    "sqlite:data/shop.db, sqlite, data/shop.db",
    "sqlite://shop.db, sqlite, shop.db",
    "sqlite:///shop.db, sqlite, shop.db",
    "sqlite:///./app.db, sqlite, ./app.db",
    "sqlite:////var/lib/shop.db, sqlite, /var/lib/shop.db",
    "sqlite:/var/lib/shop.db, sqlite, /var/lib/shop.db",
    "sqlite::memory:, sqlite, :memory:",
    "SQLite:shop.db, sqlite, shop.db",
    "'  sqlite:shop.db  ', sqlite, shop.db",
    "bot.db, sqlite, bot.db",
    "./data/bot.db, sqlite, ./data/bot.db",
    "/abs/bot.db, sqlite, /abs/bot.db",
    "C:\\data\\shop.db, sqlite, C:\\data\\shop.db",
    "sqlite:größe 1.db, sqlite, größe 1.db",
    "sqlite:no-ending, sqlite, no-ending",
    "sqlite:backup-T10:30.db, sqlite, backup-T10:30.db",
    "jdbc:sqlite:shop.db, sqlite, shop.db",
    "jdbc:sqlite:/abs/shop.db, sqlite, /abs/shop.db",
    "jdbc:sqlite::memory:, sqlite, :memory:",
    "duckdb:app.duckdb, duckdb, app.duckdb",
    "duckdb:///./app.duckdb, duckdb, ./app.duckdb",
    "duckdb:////abs/app.duckdb, duckdb, /abs/app.duckdb",
    "jdbc:duckdb:app.duckdb, duckdb, app.duckdb",
    "duckdb::memory:, duckdb, :memory:",
    "duckdb:C:\\data\\app.duckdb, duckdb, C:\\data\\app.duckdb",
    "duckdb:größe 1.duckdb, duckdb, größe 1.duckdb",
    "postgresql://u:p@localhost:5432/db, postgresql, u:p@localhost:5432/db",
    "postgres://localhost/db, postgresql, localhost/db",
    "jdbc:postgresql://localhost/db?user=u, postgresql, localhost/db?user=u"
  })
  void theseAreKnown(String url, String engine, String target) {
    assertThat(DatabaseUrl.parse(url, "DATABASE_URL")).isEqualTo(new DatabaseUrl(engine, target));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "shop",
        "shop.txt",
        "mysql://localhost/db",
        "http://localhost",
        "sqlite:",
        "sqlite://",
        "sqlite:///",
        "sqlite: ",
        "jdbc:",
        "jdbc:shop",
        "postgresql:db",
        "postgres:/localhost",
        "oracle:thin:@h",
        "file:shop.sqlite",
        ":memory:x",
        "duckdb:",
        "md:x"
      })
  void theseAreRefusedAndTheSourceIsNamed(String url) {
    assertThatThrownBy(() -> DatabaseUrl.parse(url, "MY_VARIABLE"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("MY_VARIABLE");
  }

  @ParameterizedTest
  @CsvSource({
    "sqlite:shop.db?enable_load_extension=true, enable_load_extension",
    "jdbc:sqlite:shop.db?transaction_mode=IMMEDIATE, transaction_mode",
    "sqlite:///shop.db?cache=shared&mode=memory, cache",
    "sqlite:shop.db?JOURNAL_MODE=off, JOURNAL_MODE",
    "sqlite:shop.db?vfs=unix-none, vfs",
    "duckdb:x.db?allow_unsigned_extensions=true, allow_unsigned_extensions",
    "jdbc:duckdb:x.db?allow_unsigned_extensions=true, allow_unsigned_extensions",
    // the form that this driver itself takes
    "duckdb:x.db;allow_unsigned_extensions=true, allow_unsigned_extensions",
    "jdbc:duckdb:x.db;threads=1;allow_unsigned_extensions=true;, threads"
  })
  void propertiesOfADriverAreRefusedByName(String url, String property) {
    assertThatThrownBy(() -> DatabaseUrl.parse(url, "DATABASE_URL"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(property);
  }

  /// What the driver would take for more than a path: resources, even remote ones, and URIs.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "sqlite::resource:shop.db",
        "jdbc:sqlite::resource:http://example.org/shop.db",
        "jdbc:sqlite::resource:jar:http://example.org/a.jar!/shop.db",
        "sqlite:///:resource:shop.db",
        "sqlite:file:shop.db",
        "sqlite:file:///etc/passwd",
        "sqlite:///file:shop.db",
        "jdbc:sqlite:file:shop.db?vfs=unix-none",
        "sqlite:::memory:",
        "sqlite::memory:?cache=shared",
        // what DuckDB takes for the name of an extension, which it loads, or for a remote file
        "duckdb:md:",
        "duckdb:md:shop",
        "jdbc:duckdb:md:shop",
        "duckdb:///md:shop",
        "duckdb:motherduck:shop",
        "duckdb:s3://bucket/shop.duckdb",
        "duckdb:gcs://bucket/shop.duckdb",
        "duckdb:gs://bucket/shop.duckdb",
        "duckdb:r2://bucket/shop.duckdb",
        "duckdb:az://container/shop.duckdb",
        "duckdb:azure://container/shop.duckdb",
        "duckdb:abfss://container/shop.duckdb",
        "duckdb:hf://datasets/shop.duckdb",
        "duckdb:http://example.org/shop.duckdb",
        "duckdb:https://example.org/shop.duckdb",
        "duckdb:///https://example.org/shop.duckdb",
        "duckdb:S3://bucket/shop.duckdb",
        "duckdb:sqlite:shop.db",
        "duckdb:sqlite_scanner:shop.db",
        "duckdb:postgres:host=localhost",
        "duckdb:mysql:host=localhost",
        "duckdb:ducklake:shop.ducklake",
        "duckdb::memory:shop",
        "duckdb::memory:;allow_unsigned_extensions=true"
      })
  void whatIsMoreThanAPathIsRefused(String url) {
    assertThatThrownBy(() -> DatabaseUrl.parse(url, "DATABASE_URL"))
        .isInstanceOf(ConfigurationException.class);
  }

  @Test
  void nulIsRefused() {
    assertThatThrownBy(() -> DatabaseUrl.parse("sqlite:shop\0.db", "DATABASE_URL"))
        .isInstanceOf(ConfigurationException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "postgresql://ada:hunter2@h/db",
        "postgres://ada:x@hunter2@h/db",
        "postgres://ada:x/hunter2@h/db",
        "postgres://ada:hunter2/x@h/db",
        "postgres://:hunter2@h/db",
        "jdbc:postgresql://h/db?user=ada&password=hunter2",
        "postgresql://h/db?PASSWORD=hunter2&x=1",
        "postgresql://h/db?sslpassword=hunter2",
        "mysql://root:hunter2@h/db",
        "mysql:root:hunter2@h/db",
        "jdbc:mysql://h/db?password=hunter2",
        "jdbc:oracle:thin:scott/hunter2@h",
        "https://u:hunter2@h/db",
        "postgresql:ada:hunter2@h/db",
        "sqlite:file:x?password=hunter2",
        "sqlite:shop.db?key=hunter2",
        "duckdb:md:shop?motherduck_token=hunter2",
        "duckdb:shop.duckdb;password=hunter2",
        "duckdb:postgres:host=h password=hunter2",
        "duckdb://ada:hunter2@h/shop.duckdb",
        "ada:hunter2@h/db"
      })
  void passwordsAreNeverShown(String url) {
    Throwable thrown = catchThrowable(() -> DatabaseUrl.parse(url, "DATABASE_URL"));
    if (thrown == null) {
      assertThat(DatabaseUrl.parse(url, "DATABASE_URL").toString()).doesNotContain("hunter2");
      assertThat(DatabaseConfig.of(url).toString()).doesNotContain("hunter2");
    } else {
      assertThat(thrown).isInstanceOf(ConfigurationException.class);
      for (Throwable one = thrown; one != null; one = one.getCause()) {
        assertThat(one.toString()).doesNotContain("hunter2");
      }
    }
  }

  @Test
  void anEmbeddedDatabaseHasNoUser() {
    assertThatThrownBy(() -> DatabaseUrl.parse("sqlite://ada:hunter2@host/x.db", "The URL"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageNotContaining("hunter2");
  }
}
