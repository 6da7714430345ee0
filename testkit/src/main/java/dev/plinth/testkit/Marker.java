package dev.plinth.testkit;

import java.nio.charset.StandardCharsets;
import java.util.function.Predicate;
import java.util.function.Supplier;

/// A place in what one client sends, found byte by byte.
///
/// Every connection of a [Proxy] has its own, fed from the first byte on: how the bytes were cut
/// into packets does not matter.
@FunctionalInterface
public interface Marker {

  /// Takes the next byte and says whether the place ends with it.
  boolean endsWith(byte next);

  /// The places where these bytes are.
  static Supplier<Marker> bytes(byte[] wanted) {
    byte[] copy = wanted.clone();
    return () -> new ByteMarker(copy);
  }

  /// The places where this text is, as UTF-8.
  static Supplier<Marker> text(String wanted) {
    return bytes(wanted.getBytes(StandardCharsets.UTF_8));
  }

  /// The places where a client of PostgreSQL has such a statement executed.
  ///
  /// The text alone will not do: a driver sends it once, and from then on the name it gave it.
  ///
  /// @param sql whether a statement is meant, from its text
  static Supplier<Marker> postgres(Predicate<String> sql) {
    return () -> new PostgresMarker(sql);
  }

  /// The places where a client of PostgreSQL commits a transaction.
  static Supplier<Marker> postgresCommit() {
    return postgres(sql -> sql.strip().equalsIgnoreCase("commit"));
  }
}
