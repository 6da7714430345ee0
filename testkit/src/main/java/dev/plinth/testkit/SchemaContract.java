package dev.plinth.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.entity.Column;
import dev.plinth.entity.DeletedAt;
import dev.plinth.entity.Id;
import dev.plinth.entity.Index;
import dev.plinth.entity.Json;
import dev.plinth.entity.References;
import dev.plinth.entity.Table;
import dev.plinth.entity.Unique;
import dev.plinth.error.ConstraintException;
import dev.plinth.error.ConstraintException.Kind;
import dev.plinth.error.DataException;
import dev.plinth.error.MappingException;
import dev.plinth.query.Filter;
import dev.plinth.spi.Capability;
import dev.plinth.testkit.samples.Activity;
import dev.plinth.testkit.samples.Label;
import dev.plinth.testkit.samples.User;
import jakarta.validation.constraints.NotNull;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Tables from records: with the rules that the records declare, and safe to make again.
public interface SchemaContract extends ContractBase {

  /// A thing that is sold, with rules of all kinds.
  @Table("wares")
  @Index(
      value = {"shop", "number"},
      unique = true)
  @Index({"title", "price desc"})
  record Ware(
      @Id long id,
      String shop,
      int number,
      @NotNull String title,
      @Column(check = "price >= 0") long price,
      @DeletedAt Instant deletedAt) {}

  /// Null only where it says so.
  @NullMarked
  record Strict(@Id long id, String name, @Nullable String nickname, Boolean known) {}

  /// A tree: each node may hang from another.
  record Node(@Id long id, @References(Node.class) Long parent, String name) {}

  /// One of two that refer to each other.
  record Hen(@Id long id, @References(Egg.class) Long egg) {}

  /// The other of the two.
  record Egg(@Id long id, @References(Hen.class) Long hen) {}

  /// A reference that cannot be: the key of users is a UUID.
  record Misled(@Id long id, @References(User.class) long user) {}

  /// A unique column without soft delete.
  record Plate(@Id long id, @Unique String sign) {}

  /// Words that mean something in SQL.
  @Table("order")
  record Select(
      @Id long id, @Column("group") String where, String from, @Column("a b") int table) {}

  /// The table of users as somebody else has it: any word is a role, and a count may be missing.
  @Table("users")
  record LooseUser(
      @Id UUID id,
      String email,
      String firstName,
      String role,
      @Json Map<String, Object> metadata,
      @Nullable String passwordHash,
      @Nullable Long commandCount,
      long version,
      Instant createdAt,
      Instant updatedAt,
      @DeletedAt @Nullable Instant deletedAt) {
    static LooseUser of(UUID id, String role, @Nullable Long count) {
      return new LooseUser(
          id,
          "a@example.org",
          "Ada",
          role,
          Map.of(),
          null,
          count,
          1,
          Instant.EPOCH,
          Instant.EPOCH,
          null);
    }
  }

  @Test
  default void checksAreKept() {
    try (Database db = open(Ware.class)) {
      Repository<Ware, Long> wares = db.repository(Ware.class);
      Ware ware = wares.create(new Ware(0, "a", 1, "Tea", 0, null));
      ConstraintException e =
          violation(() -> wares.patch(ware.id(), c -> c.set(Ware::price, -1L)), Kind.CHECK);
      assertThat(e.code()).isEqualTo("CHECK");
      violation(() -> wares.increment(ware.id(), Ware::price, -1), Kind.CHECK);
      violation(() -> wares.create(new Ware(0, "a", 2, "Tea", -1, null)), Kind.CHECK);
      assertThat(wares.query().list()).containsExactly(ware);
    }
  }

  @Test
  default void columnsThatNeedAValueSayWhich() {
    try (Database db = open(Strict.class)) {
      Repository<Strict, Long> rows = db.repository(Strict.class);
      Strict row = rows.create(c -> c.set("name", "a").set("known", true));
      assertThat(row.nickname()).isNull();
      ConstraintException e =
          violation(() -> rows.create(c -> c.set("known", true)), Kind.NOT_NULL);
      assertThat(e.columns()).containsExactly("name");
      assertThat(e.table()).contains("strict");
      assertThat(
              violation(() -> rows.patch(row.id(), c -> c.set("known", null)), Kind.NOT_NULL)
                  .columns())
          .containsExactly("known");
      assertThat(db.schema().sql(Ware.class).stream().filter(sql -> sql.startsWith("create table")))
          .first(InstanceOfAssertFactories.STRING)
          .containsPattern("title.? [^,\n]*not null")
          .doesNotContainPattern("shop.? [^,\n]*not null");
    }
  }

  @Test
  default void uniqueIsAmongLiveRows() {
    try (Database db = open(Ware.class, Plate.class)) {
      Repository<Ware, Long> wares = db.repository(Ware.class);
      Ware first = wares.create(new Ware(0, "a", 1, "Tea", 0, null));
      wares.create(new Ware(0, "a", 2, "Tea", 0, null));
      wares.create(new Ware(0, "b", 1, "Tea", 0, null));
      ConstraintException e =
          violation(() -> wares.create(new Ware(0, "a", 1, "Jam", 0, null)), Kind.UNIQUE);
      assertThat(e.columns()).containsExactly("shop", "number");
      assertThat(e.table()).contains("wares");
      wares.delete(first.id());
      Ware second = wares.create(new Ware(0, "a", 1, "Jam", 0, null));
      violation(() -> wares.restore(first.id()), Kind.UNIQUE);
      wares.delete(second.id());
      assertThat(wares.restore(first.id()).deletedAt()).isNull();
      // null is no value that another row could share
      wares.create(new Ware(0, null, 1, "x", 0, null));
      wares.create(new Ware(0, null, 1, "x", 0, null));

      Repository<Plate, Long> plates = db.repository(Plate.class);
      plates.create(new Plate(0, "AB 1"));
      assertThat(violation(() -> plates.create(new Plate(0, "AB 1")), Kind.UNIQUE).columns())
          .containsExactly("sign");
      assertThat(violation(() -> plates.create(new Plate(1, "AB 2")), Kind.UNIQUE).columns())
          .containsExactly("id");
    }
  }

  @Test
  default void referencesAreKept() {
    try (Database db = open(Activity.class, User.class)) { // the referring one named first
      Repository<User, UUID> users = db.repository(User.class);
      Repository<Activity, UUID> activities = db.repository(Activity.class);
      User ada = users.create(User.of("ada@example.org", "Ada"));
      Activity activity = activities.create(Activity.of(ada.id(), "x"));
      violation(() -> users.purge(ada.id()), Kind.FOREIGN_KEY);
      assertThat(users.get(ada.id())).isEqualTo(ada);
      activities.purge(activity.id());
      assertThat(users.purge(ada.id())).isTrue();
    }
  }

  @Test
  default void recordsMayReferToThemselvesAndInCircles() {
    try (Database db = open(Node.class, Hen.class, Egg.class)) {
      Repository<Node, Long> nodes = db.repository(Node.class);
      Node root = nodes.create(new Node(0, null, "root"));
      Node leaf = nodes.create(new Node(0, root.id(), "leaf"));
      violation(() -> nodes.create(new Node(0, 99L, "lost")), Kind.FOREIGN_KEY);
      violation(() -> nodes.delete(root.id()), Kind.FOREIGN_KEY);
      assertThat(nodes.where(Filter.field(Node::parent).is(root.id())).list())
          .containsExactly(leaf);
      Repository<Hen, Long> hens = db.repository(Hen.class);
      Repository<Egg, Long> eggs = db.repository(Egg.class);
      Hen hen = hens.create(new Hen(0, null));
      Egg egg = eggs.create(new Egg(0, hen.id()));
      assertThat(hens.patch(hen.id(), c -> c.set(Hen::egg, egg.id())).egg()).isEqualTo(egg.id());
    }
  }

  @Test
  default void aReferenceOfTheWrongTypeIsRefusedAndNothingIsMade() {
    try (Database db = open()) {
      assertThatThrownBy(() -> db.schema().create(Label.class, User.class, Misled.class))
          .isInstanceOf(MappingException.class)
          .hasMessageContaining("Misled.user");
      assertThat(db.schema().tables()).isEmpty();
    }
  }

  @Test
  default void makingItAgainChangesNothing() {
    try (Database db = open(User.class, Ware.class)) {
      Repository<Ware, Long> wares = db.repository(Ware.class);
      Ware ware = wares.create(new Ware(0, "a", 1, "Tea", 0, null));
      db.schema().create(User.class, Ware.class);
      db.schema().create(Ware.class);
      assertThat(wares.query().list()).containsExactly(ware);
      violation(() -> wares.create(new Ware(0, "a", 1, "Tea", 0, null)), Kind.UNIQUE);
      assertThat(db.schema().tables()).contains("users", "wares");
    }
  }

  @Test
  default void itIsAllOrNothingAndPartOfATransaction() {
    try (Database db = open()) {
      db.transaction(tx -> {
        db.schema().create(Label.class);
        db.repository(Label.class).create(new Label("a", null, 1));
        tx.rollback();
      });
      assertThat(db.schema().tables()).doesNotContain("label");
      db.schema().create(Label.class);
      assertThat(db.repository(Label.class).count()).isZero();
    }
  }

  /// The same text is run again, so nothing of it may be used up by the first time.
  @Test
  default void whatARollbackTookBackIsMadeWhole() {
    String table =
        "create table by_hand (k varchar(9) not null primary key, v integer check (v > 0))";
    try (Database db = open()) {
      db.transaction(tx -> {
        db.schema().create(Plate.class);
        tx.rollback();
      });
      db.schema().create(Plate.class);
      db.transaction(tx -> {
        db.sql(table).execute();
        tx.rollback();
      });
      db.sql(table).execute();
      Repository<Plate, Long> plates = db.repository(Plate.class);
      Plate plate = plates.create(new Plate(0, "a"));
      violation(() -> plates.create(new Plate(0, "a")), Kind.UNIQUE);
      violation(() -> plates.create(new Plate(plate.id(), "b")), Kind.UNIQUE);
      db.sql("insert into by_hand values ('a', 1)").execute();
      violation(() -> db.sql("insert into by_hand values ('a', 1)").execute(), Kind.UNIQUE);
      violation(() -> db.sql("insert into by_hand values ('b', 0)").execute(), Kind.CHECK);
      violation(() -> db.sql("insert into by_hand values (null, 1)").execute(), Kind.NOT_NULL);
    }
  }

  @Test
  default void theSqlIsShown() {
    try (Database db = open()) {
      List<String> sql = db.schema().sql(Activity.class, User.class);
      assertThat(sql).allMatch(one -> one.startsWith("create ") && one.contains("if not exists"));
      assertThat(sql.getFirst()).containsPattern("exists .?users"); // before what refers to it
      if (db.capabilities().contains(Capability.FOREIGN_KEYS)) {
        assertThat(sql).anyMatch(one -> one.matches("(?s).*references .?users.*"));
      }
      assertThat(sql).anyMatch(one -> one.contains("unique index") && one.contains("email"));
      assertThat(db.schema().tables()).isEmpty();
      sql.forEach(one -> db.sql(one).execute());
      assertThat(db.schema().tables()).contains("users", "activity");
      db.schema().create(Activity.class, User.class);
    }
  }

  @Test
  default void wordsOfSqlAreNamesLikeOthers() {
    try (Database db = open(Select.class)) {
      Repository<Select, Long> rows = db.repository(Select.class);
      Select row = rows.create(new Select(0, "x", "y", 3));
      assertThat(rows.get(row.id())).isEqualTo(row);
      assertThat(rows.where(Filter.field(Select::where).is("x")).list()).containsExactly(row);
      assertThat(rows.where(Filter.field("group").is("x")).count()).isEqualTo(1);
      assertThat(rows.patch(row.id(), c -> c.set(Select::table, 4)).table()).isEqualTo(4);
      assertThat(rows.increment(row.id(), Select::table, 1).table()).isEqualTo(5);
      assertThat(rows.save(row)).isEqualTo(row);
    }
  }

  /// What a table made by others holds, a record may be unable to.
  @Test
  default void storedValuesThatDoNotFitAreErrorsOfTheData() {
    try (Database db = open(LooseUser.class)) {
      Repository<LooseUser, UUID> loose = db.repository(LooseUser.class);
      loose.create(LooseUser.of(new UUID(0, 1), "KING", 1L));
      loose.create(LooseUser.of(new UUID(0, 2), "ADMIN", null));
      loose.create(LooseUser.of(new UUID(0, 3), "ADMIN", 3L));
      Repository<User, UUID> users = db.repository(User.class);
      assertThatThrownBy(() -> users.find(new UUID(0, 1)))
          .isInstanceOf(DataException.class)
          .hasMessageContaining("role")
          .hasMessageContaining("KING");
      assertThatThrownBy(() -> users.find(new UUID(0, 2)))
          .isInstanceOf(DataException.class)
          .hasMessageContaining("command_count");
      assertThat(users.get(new UUID(0, 3)).commandCount()).isEqualTo(3);
    }
  }

  private static ConstraintException violation(Runnable work, Kind kind) {
    ConstraintException e = catchThrowableOfType(ConstraintException.class, work::run);
    assertThat(e).as("a broken rule: %s", kind).isNotNull();
    assertThat(e.kind()).isEqualTo(kind);
    assertThat(e).hasCauseInstanceOf(java.sql.SQLException.class);
    return e;
  }

  /// An index whose name comes of a short table's and a long column's name.
  @Table("a")
  record ShortTable(@Id long id, @Unique @Column("b_c") String text) {}

  /// An index of the same name that comes of a long table's.
  @Table("a_b")
  record LongTable(@Id long id, @Unique @Column("c") String text) {}

  @Test
  default void anIndexThatCannotBeMadeIsNotLeftOutInSilence() {
    try (Database db = open()) {
      assertThatThrownBy(() -> db.schema().create(ShortTable.class, LongTable.class))
          .isInstanceOf(MappingException.class)
          .hasMessageContaining("'a_b_c_key'");
      assertThat(db.schema().tables()).doesNotContain("a", "a_b");
      db.schema().create(ShortTable.class);
      db.schema().create(ShortTable.class);
      assertThatThrownBy(() -> db.schema().create(LongTable.class))
          .isInstanceOf(MappingException.class)
          .hasMessageContaining("table 'a'");
      assertThat(db.schema().tables()).contains("a").doesNotContain("a_b");
    }
  }
}
