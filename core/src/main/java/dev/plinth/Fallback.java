package dev.plinth;

import dev.plinth.config.DatabaseConfig;
import dev.plinth.config.DatabaseUrl;
import dev.plinth.config.Setting;
import dev.plinth.error.ConfigurationException;
import dev.plinth.error.ConnectionException;
import dev.plinth.health.Health;
import dev.plinth.internal.transaction.Scope;
import dev.plinth.spi.ColumnType;
import dev.plinth.spi.Engine;
import dev.plinth.spi.Session;
import dev.plinth.spi.Statement;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A second store that stands in for a server that could not be reached at the start.
///
/// It has a note in it from before its first write on: which store it stood in for, and since when.
/// While the note is there, the server is not opened beside it, or two truths would go on side by
/// side without anybody knowing.
final class Fallback {

  private static final Logger LOG = LoggerFactory.getLogger("dev.plinth.fallback");

  private static final String TABLE = "plinth_fallback";

  private static final Statement MAKE =
      new Statement(
          "create table if not exists plinth_fallback (stands_for text not null, since text not null)",
          List.of(),
          "make the fallback's note");
  private static final Statement NOTE =
      new Statement(
          "insert into plinth_fallback (stands_for, since)"
              + " select cast(? as text), cast(? as text)"
              + " where not exists (select 1 from plinth_fallback)",
          List.of(ColumnType.TEXT, ColumnType.TEXT),
          "note the fallback");
  private static final Statement NOTES =
      new Statement(
          "select stands_for, since from plinth_fallback order by since",
          List.of(),
          "read the fallback's note");

  private final Engine engine;
  private final String standsFor;
  private final Instant since;
  private final AtomicBoolean noted = new AtomicBoolean();

  private Fallback(Engine engine, String standsFor, Instant since) {
    this.engine = engine;
    this.standsFor = standsFor;
    this.since = since;
    try (Session session = engine.read()) { // it may have begun in an earlier run
      noted.set(engine.tables(session).contains(TABLE));
    }
  }

  /// Whether a server is away; a wrong name or password is no reason to write elsewhere.
  static boolean isFor(ConnectionException failure) {
    Throwable reason = failure;
    while (reason.getCause() != null) {
      reason = reason.getCause();
    }
    return failure.passing() && !(reason instanceof UnknownHostException);
  }

  /// Opens the fallback that the configuration names, since its server is away.
  static Fallback open(DatabaseConfig config, ConnectionException away) {
    DatabaseConfig instead = config.with(Setting.TYPE, "auto").with(Setting.FALLBACK, "");
    instead = instead.with(Setting.URL, config.text(Setting.FALLBACK));
    Fallback fallback =
        new Fallback(Engines.open(instead), standsFor(config), config.clock().instant());
    LOG.warn(
        "{} cannot be reached, so {} stands in for it, as the setting '{}' asks. What is written there is not written here.",
        fallback.standsFor,
        instead.url(),
        Setting.FALLBACK.key(),
        away);
    return fallback;
  }

  /// Refuses to go on with a server for which the fallback took writes.
  static void check(DatabaseConfig config) {
    DatabaseUrl url = DatabaseUrl.parse(config.text(Setting.FALLBACK), Setting.FALLBACK.variable());
    if (!Files.exists(Path.of(url.target()))) {
      return;
    }
    DatabaseConfig instead = config.with(Setting.TYPE, "auto").with(Setting.FALLBACK, "");
    try (Engine engine = Engines.open(instead.with(Setting.URL, url.toString()));
        Session session = engine.read()) {
      if (!engine.tables(session).contains(TABLE)) {
        return;
      }
      try (Session.Rows rows = session.query(NOTES)) {
        if (rows.next()) { // whatever it stood in for: hosts can be named in many ways
          throw new ConfigurationException(
              ("%s stood in for %s since %s and took writes that are not there. Bring over what is to"
                      + " be kept, then move the file away; until then neither is opened beside the other.")
                  .formatted(url, rows.text(0), rows.text(1)));
        }
      }
    }
  }

  private static String standsFor(DatabaseConfig config) {
    return config.url().engine().equals("postgresql")
        ? config.url().server().toString() // without a password
        : config.url().toString();
  }

  Engine engine() {
    return engine;
  }

  /// Leaves the note, before the first write; in a transaction it is a part of that.
  void beforeWrite(@Nullable Scope running) {
    if (noted.get()) {
      return;
    }
    if (running != null) {
      note(running.session());
      running.afterCommit(() -> noted.set(true));
      return;
    }
    try (Session session = engine.write()) {
      note(session);
    }
    noted.set(true);
  }

  private void note(Session session) {
    session.update(MAKE);
    session.update(NOTE, standsFor, since.toString());
  }

  /// What the health says of it.
  Health.Check check() {
    return new Health.Check(
        "fallback",
        Health.Status.DEGRADED,
        "%s at %s has stood in for %s since %s%s."
            .formatted(
                engine.name(),
                engine.location(),
                standsFor,
                since,
                noted.get() ? " and took writes" : ""));
  }
}
