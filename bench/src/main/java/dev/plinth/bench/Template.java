package dev.plinth.bench;

import dev.plinth.Database;
import dev.plinth.audit.AuditEntry;

/// Makes the stores that the contenders start from: the same for all.
final class Template {

  private Template() {}

  /// A new store with the tables, and with this many rows.
  static String make(Place place, int rows) {
    String url = place.fresh();
    try (Database db = Database.open(url)) {
      db.schema().create(User.class, AuditedUser.class, AuditEntry.class);
      db.<User, Object>repository(User.class).createAll(Sample.stored(0, rows));
    }
    place.settle(url);
    return url;
  }
}
