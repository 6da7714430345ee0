package dev.plinth.internal.engine.postgres;

import dev.plinth.error.AccessException;
import dev.plinth.error.QueryException;
import dev.plinth.error.ValidationException;
import dev.plinth.spi.ColumnType;
import dev.plinth.spi.Identity;
import dev.plinth.spi.Session;
import dev.plinth.spi.Statement;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// In which of the server's roles a session works, and with which claims.
///
/// Both are the transaction's alone, so they end with it, and nobody who borrows the connection next
/// has them, behind a pooler as well.
final class PostgresRole {

  private static final Statement ASSUME =
      new Statement(
          "select set_config('role', ?, true), set_config('request.jwt.claims', ?, true)",
          List.of(ColumnType.TEXT, ColumnType.TEXT),
          "assume a role");

  private @Nullable Identity assumed;
  private boolean unsure; // going back to a savepoint brings back what was there

  boolean isAssumed() {
    return assumed != null;
  }

  void assume(@Nullable Identity identity, Session session) {
    if (!unsure && Objects.equals(identity, assumed)) {
      return;
    }
    String name = identity == null ? "none" : identity.role();
    String claims = identity == null ? "" : identity.claims();
    unsure = true;
    try (Session.Rows done = session.query(ASSUME, name, claims)) {
      done.next();
    } catch (ValidationException | QueryException e) { // no such role, or no right to it
      throw new AccessException(
          "The connection cannot work in the role %s: see db.policies().check().".formatted(name),
          e);
    }
    assumed = identity;
    unsure = false;
  }

  void undone() {
    unsure = true;
  }

  void ended() {
    assumed = null;
    unsure = false;
  }
}
