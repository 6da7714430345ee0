package dev.plinth.testkit;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;

/// The places where a client of PostgreSQL has a statement executed, by its text or its name.
///
/// Reads the messages of protocol 3: a `Parse` gives a text a name, a `Bind` says which name comes
/// next, a `Query` holds the text itself. Nothing of a statement runs before its place ends.
final class PostgresMarker implements Marker {

  private static final int SSL = 80877103;
  private static final int GSS = 80877104;
  private static final int LENGTH = 4;

  private final Predicate<String> sql;
  private final Set<String> names = new HashSet<>();
  private final ByteArrayOutputStream message = new ByteArrayOutputStream();

  /// The first messages have no type.
  private boolean started;

  private int type;
  private int missing = LENGTH;
  private boolean lengthKnown;

  PostgresMarker(Predicate<String> sql) {
    this.sql = sql;
  }

  @Override
  public boolean endsWith(byte next) {
    if (started && type == 0) {
      type = next;
      return false;
    }
    message.write(next);
    if (--missing > 0) {
      return false;
    }
    if (!lengthKnown) {
      lengthKnown = true;
      missing = ByteBuffer.wrap(message.toByteArray()).getInt() - LENGTH;
      if (missing > 0) {
        return false;
      }
    }
    ByteBuffer body = ByteBuffer.wrap(message.toByteArray()).position(LENGTH);
    boolean found = started ? found(body) : starts(body);
    message.reset();
    type = 0;
    missing = LENGTH;
    lengthKnown = false;
    return found;
  }

  /// Never a place, but after this the messages have types.
  private boolean starts(ByteBuffer body) {
    int code = body.getInt();
    started = code != SSL && code != GSS;
    return false;
  }

  private boolean found(ByteBuffer body) {
    return switch (type) {
      case 'P' -> {
        String name = text(body);
        if (sql.test(text(body))) {
          names.add(name);
        } else {
          names.remove(name);
        }
        yield false;
      }
      case 'B' -> {
        text(body); // the portal
        yield names.contains(text(body));
      }
      case 'Q' -> sql.test(text(body));
      case 'C' -> {
        if (body.get() == 'S') {
          names.remove(text(body));
        }
        yield false;
      }
      default -> false;
    };
  }

  private static String text(ByteBuffer body) {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    for (byte next = body.get(); next != 0; next = body.get()) {
      text.write(next);
    }
    return text.toString(StandardCharsets.UTF_8);
  }
}
