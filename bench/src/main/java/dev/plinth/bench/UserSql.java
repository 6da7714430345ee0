package dev.plinth.bench;

/// The statements that an expert writes by hand, where all engines take the same text.
final class UserSql {

  /// The columns of both tables, in their order.
  static final String COLUMNS =
      "id, email, first_name, last_name, role, status, age, subscribed, bio, version, created_at,"
          + " updated_at";

  private static final String FROM_USERS = "select " + COLUMNS + " from users";

  static final String FIND = FROM_USERS + " where id = ?";
  static final String PAGE =
      FROM_USERS + " where role = ? and status = ? order by created_at desc, id limit ?";
  static final String COUNT = "select count(*) from users where role = ? and status = ?";
  static final String ALL = FROM_USERS + " order by id";
  static final String INSERT = insertInto("users");
  static final String INSERT_AUDITED = insertInto("audited_users");
  static final String INSERT_AUDIT =
      "insert into plinth_audit"
          + " (\"at\", actor, action, resource_type, resource_id, new_values) values (?, ?, ?, ?, ?, ?)";
  static final String UPDATE =
      "update users set email = ?, first_name = ?, last_name = ?, role = ?, status = ?, age = ?,"
          + " subscribed = ?, bio = ?, updated_at = ?, version = version + 1"
          + " where id = ? and version = ?";
  static final String PATCH =
      "update users set age = ?, bio = ?, updated_at = ?, version = version + 1 where id = ?"
          + " returning "
          + COLUMNS;

  private UserSql() {}

  private static String insertInto(String table) {
    return "insert into %s (%s) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        .formatted(table, COLUMNS);
  }

  /// An update of many rows, which lie in something called g with columns of the same names.
  static String updateFrom(String source) {
    return "update users u set email = g.email, first_name = g.first_name,"
        + " last_name = g.last_name, role = g.role, status = g.status, age = g.age,"
        + " subscribed = g.subscribed, bio = g.bio, updated_at = ?, version = u.version + 1"
        + " from "
        + source
        + " where u.id = g.id and u.version = g.version";
  }
}
