package dev.plinth.bench;

import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.function.Consumer;

/// One way of doing the workloads; all ways do the same work and give the same results.
public interface Contender extends AutoCloseable {

  /// The ways there are.
  enum Kind {
    /// Plinth.
    PLINTH,
    /// What an expert writes by hand.
    JDBC;

    static Kind of(String name) {
      return valueOf(name.toUpperCase(Locale.ROOT));
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// Opens a store that [Template] made.
  static Contender open(Kind kind, Engine engine, String store) {
    try {
      return switch (kind) {
        case PLINTH -> new PlinthContender(store, engine.served());
        case JDBC -> engine.byHand(store);
      };
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /// A row by its key.
  User findByKey(UUID id);

  /// A new row: made with key, version and times, and given back as stored.
  User insert(User row);

  /// As [#insert], with a row of the audit log.
  AuditedUser insertAudited(AuditedUser row);

  /// A whole row over the stored one, if that is still at its version.
  User update(User row);

  /// Two columns of a row; gives the row as it is then.
  User patch(UUID id, int age, String bio);

  /// The newest hundred of a role and status.
  List<User> page100(User.Role role, User.Status status);

  /// How many there are of a role and status.
  long count(User.Role role, User.Status status);

  /// Every row, by key, one by one.
  void stream(Consumer<User> each);

  /// New rows, all or none.
  List<User> createAll(List<User> rows);

  /// Whole rows over the stored ones, all or none.
  List<User> updateAll(List<User> rows);

  /// New rows one by one in one transaction.
  List<User> transaction(List<User> rows);

  @Override
  void close();
}
