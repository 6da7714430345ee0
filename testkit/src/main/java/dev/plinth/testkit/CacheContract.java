package dev.plinth.testkit;

import static dev.plinth.query.Filter.field;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.Cache;
import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.Transaction;
import dev.plinth.config.Freshness;
import dev.plinth.entity.Audited;
import dev.plinth.entity.Id;
import dev.plinth.entity.Table;
import dev.plinth.error.ConfigurationException;
import dev.plinth.query.Query;
import dev.plinth.query.Row;
import dev.plinth.testkit.samples.Note;
import dev.plinth.testkit.samples.Profile;
import dev.plinth.testkit.samples.Rate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// What holds for records that are kept in memory, in one process.
public interface CacheContract extends ContractBase {

  /// How many reads the work had answered from memory.
  private static long hits(Database db, Runnable work) {
    long before = db.cache().statistics().hits();
    work.run();
    return db.cache().statistics().hits() - before;
  }

  @Test
  default void aSecondReadComesFromMemory() {
    try (Database db = open(Profile.class)) {
      Repository<Profile, UUID> profiles = db.repository(Profile.class);
      UUID id = profiles.create(Profile.of("ada")).id();
      Profile first = profiles.get(id);
      assertThat(
              hits(
                  db,
                  () -> {
                    assertThat(profiles.get(id)).usingRecursiveComparison().isEqualTo(first);
                    assertThat(profiles.find(id)).isPresent();
                  }))
          .isEqualTo(2);
      Cache.Statistics statistics = db.cache().statistics();
      assertThat(statistics.misses()).isEqualTo(1);
      assertThat(statistics.entries()).isEqualTo(1);
    }
  }

  @Test
  default void whatIsNotCachedIsNotKept() {
    try (Database db = open(Note.class)) {
      Repository<Note, Long> notes = db.repository(Note.class);
      long id = notes.create(Note.of("plain")).id();
      notes.get(id);
      notes.get(id);
      assertThat(db.cache().statistics()).isEqualTo(new Cache.Statistics(0, 0, 0));
    }
  }

  @Test
  default void absenceIsKeptUntilTheRowIsThere() {
    try (Database db = open(Profile.class)) {
      Repository<Profile, UUID> profiles = db.repository(Profile.class);
      UUID id = new UUID(7, 7);
      assertThat(profiles.find(id)).isEmpty();
      assertThat(hits(db, () -> assertThat(profiles.find(id)).isEmpty())).isEqualTo(1);
      Profile ada = Profile.of("ada");
      profiles.create(
          new Profile(id, "ada", ada.picture(), ada.settings(), 0, 0, null)); // with that key
      assertThat(profiles.find(id)).isPresent();
    }
  }

  @Test
  default void everyKindOfWriteVoidsWhatItChanged() {
    try (Database db = open(Profile.class)) {
      Repository<Profile, UUID> profiles = db.repository(Profile.class);
      Repository<Row, Object> table = db.table("profile");
      UUID id = profiles.create(Profile.of("ada")).id();
      Map<String, Runnable> writes = new LinkedHashMap<>();
      writes.put("update", () -> profiles.update(profiles.get(id).withName("update")));
      writes.put("updateAll", () -> profiles.updateAll(List.of(named(profiles, id, "updateAll"))));
      writes.put("patch", () -> profiles.patch(id, c -> c.set(Profile::name, "patch")));
      writes.put("save", () -> profiles.save(named(profiles, id, "save")));
      writes.put("saveAll", () -> profiles.saveAll(List.of(named(profiles, id, "saveAll"))));
      writes.put(
          "updateWhere",
          () ->
              profiles
                  .where(field(Profile::id).is(id))
                  .update(c -> c.set(Profile::name, "updateWhere")));
      writes.put("updateEach", () -> profiles.query().update(c -> c.set("name", "updateEach")));
      writes.put("table", () -> table.patch(id, c -> c.set("name", "table")));
      writes.put(
          "sql", () -> db.sql("update profile set name = :name").bind("name", "sql").execute());
      writes.put(
          "sqlBeside",
          () -> db.sql("/* of whom? */ update profile as p set name = 'sqlBeside'").execute());
      writes.put(
          "sqlReturning",
          () ->
              db
                  .sql("update profile set name = 'sqlReturning' returning name")
                  .as(String.class)
                  .stream()
                  .close());
      writes.put(
          "transaction",
          () -> db.transaction(tx -> profiles.patch(id, c -> c.set("name", "transaction"))));
      Query<Profile> all = profiles.query();
      writes.forEach((name, write) -> {
        profiles.get(id);
        all.list();
        assertThat(hits(db, () -> profiles.get(id))).as("kept before " + name).isEqualTo(1);
        write.run();
        assertThat(profiles.get(id).name()).isEqualTo(name);
        assertThat(all.list()).extracting(Profile::name).containsExactly(name);
        assertThat(profiles.where(field(Profile::name).is(name)).count()).isEqualTo(1);
      });
      long visits = profiles.get(id).visits();
      profiles.increment(id, Profile::visits, 1);
      assertThat(profiles.get(id).visits()).isEqualTo(visits + 1);
    }
  }

  private static Profile named(Repository<Profile, UUID> profiles, UUID id, String name) {
    return profiles.get(id).withName(name);
  }

  @Test
  default void deletionRestoreAndPurgeVoid() {
    try (Database db = open(Profile.class)) {
      Repository<Profile, UUID> profiles = db.repository(Profile.class);
      UUID id = profiles.create(Profile.of("ada")).id();
      Query<Profile> deleted = profiles.query().onlyDeleted();
      assertThat(profiles.find(id)).isPresent();
      assertThat(deleted.count()).isZero();
      profiles.delete(id);
      assertThat(profiles.find(id)).isEmpty();
      assertThat(profiles.exists(id)).isFalse();
      assertThat(deleted.count()).isEqualTo(1);
      assertThat(profiles.query().includeDeleted().count()).isEqualTo(1);
      assertThat(profiles.count()).isZero();
      profiles.restore(id);
      assertThat(profiles.find(id)).isPresent();
      assertThat(profiles.exists(id)).isTrue();
      assertThat(deleted.count()).isZero();
      profiles.purge(id);
      assertThat(profiles.find(id)).isEmpty();
      assertThat(profiles.query().includeDeleted().count()).isZero();
    }
  }

  @Test
  default void aWriteByKeyLeavesOtherRowsKept() {
    try (Database db = open(Profile.class)) {
      Repository<Profile, UUID> profiles = db.repository(Profile.class);
      UUID ada = profiles.create(Profile.of("ada")).id();
      List<UUID> others =
          profiles
              .createAll(List.of(Profile.of("grace"), Profile.of("alan"), Profile.of("edsger")))
              .stream()
              .map(Profile::id)
              .toList();
      others.forEach(profiles::get);
      profiles.increment(ada, Profile::visits, 1);
      profiles.create(Profile.of("barbara"));
      // one or two may share the written one's part of the table by chance
      assertThat(hits(db, () -> others.forEach(profiles::get))).isPositive();
    }
  }

  @Test
  default void answersToQueriesAreToldApart() {
    try (Database db = open(Profile.class)) {
      Repository<Profile, UUID> profiles = db.repository(Profile.class);
      profiles.createAll(List.of(Profile.of("ada"), Profile.of("grace")));
      for (int round = 0; round < 2; round++) {
        assertThat(profiles.where(field(Profile::name).is("ada")).list())
            .extracting(Profile::name)
            .containsExactly("ada");
        assertThat(profiles.where(field(Profile::name).is("grace")).one().name())
            .isEqualTo("grace");
        assertThat(profiles.where(field(Profile::name).in("ada", "x")).count()).isEqualTo(1);
        assertThat(profiles.where(field(Profile::name).in("ada", "grace")).count()).isEqualTo(2);
        assertThat(profiles.query().limit(1).list()).hasSize(1);
        assertThat(profiles.query().as(Named.class).list()).hasSize(2);
        assertThat(profiles.query().as(Title.class).list()).hasSize(2);
        assertThat(profiles.query().limit(1).slice().next()).isPresent();
        assertThat(profiles.query().limit(1).slice().items()).hasSize(1);
      }
      assertThat(hits(db, () -> profiles.where(field(Profile::name).is("ada")).list()))
          .isEqualTo(1);
      List<Profile> mine = profiles.query().list();
      mine.clear();
      assertThat(profiles.query().list()).hasSize(2);
    }
  }

  /// A choice of columns.
  record Named(String name) {}

  /// The same choice, read into another record.
  record Title(String name) {}

  @Test
  default void copiesCannotBeChangedIntoIt() {
    try (Database db = open(Profile.class)) {
      Repository<Profile, UUID> profiles = db.repository(Profile.class);
      UUID id = profiles.create(Profile.of("ada")).id();
      for (int round = 0; round < 3; round++) {
        List<Profile> copies = List.of(profiles.get(id), profiles.query().list().getFirst());
        for (Profile copy : copies) {
          assertThat(copy.picture()).containsExactly(1, 2, 3);
          assertThat(copy.settings()).isEqualTo(Map.of("theme", "dark"));
          copy.picture()[0] = 9;
          try {
            copy.settings().put("theme", "light");
          } catch (UnsupportedOperationException e) {
            // that is as good
          }
        }
      }
      byte[] picture = {1, 2, 3};
      assertThat(profiles.where(field(Profile::picture).is(picture)).count()).isEqualTo(1);
      picture[0] = 9;
      assertThat(profiles.where(field(Profile::picture).is(picture)).count()).isZero();
    }
  }

  @Test
  default void aTransactionSeesItsOwnWritesAndLeavesNothing() {
    try (Database db = open(Profile.class)) {
      Repository<Profile, UUID> profiles = db.repository(Profile.class);
      UUID id = profiles.create(Profile.of("ada")).id();
      profiles.get(id);
      assertThatThrownBy(() ->
              db.transaction(tx -> {
                profiles.patch(id, c -> c.set(Profile::name, "never"));
                assertThat(profiles.get(id).name()).isEqualTo("never");
                assertThat(profiles.where(field(Profile::name).is("never")).count()).isEqualTo(1);
                throw new IllegalStateException("undo it");
              }))
          .hasMessage("undo it");
      assertThat(hits(db, () -> assertThat(profiles.get(id).name()).isEqualTo("ada")))
          .as("a rollback voids nothing")
          .isEqualTo(1);
      assertThat(profiles.where(field(Profile::name).is("never")).count()).isZero();
      db.transaction(tx -> {
        profiles.patch(id, c -> c.set(Profile::name, "asked"));
        tx.rollback();
      });
      assertThat(profiles.get(id).name()).isEqualTo("ada");
      db.transaction(
          Transaction.Options.READ_ONLY,
          tx -> assertThat(hits(db, () -> profiles.get(id))).as("a moment of its own").isZero());
      db.transaction(tx -> {
        profiles.patch(id, c -> c.set(Profile::name, "hooked"));
        tx.afterCommit(() -> assertThat(profiles.get(id).name()).isEqualTo("hooked"));
      });
      assertThat(profiles.get(id).name()).isEqualTo("hooked");
    }
  }

  @Test
  default void othersReadWhatIsKeptUntilTheCommit() throws InterruptedException {
    try (Database db = open(Profile.class)) {
      if (db.file().isEmpty() && db.engine().equals("sqlite")) {
        return; // in memory there is one connection, and who has it may read
      }
      Repository<Profile, UUID> profiles = db.repository(Profile.class);
      UUID id = profiles.create(Profile.of("ada")).id();
      profiles.get(id);
      db.transaction(tx -> {
        profiles.patch(id, c -> c.set(Profile::name, "later"));
        Together.run(1, thread -> assertThat(profiles.get(id).name()).isEqualTo("ada"));
      });
      Together.run(1, thread -> assertThat(profiles.get(id).name()).isEqualTo("later"));
    }
  }

  @Test
  default void workThatReadsFromReplicasGoesPastIt() {
    try (Database db = open(Profile.class)) {
      Repository<Profile, UUID> profiles = db.repository(Profile.class);
      UUID id = profiles.create(Profile.of("ada")).id();
      profiles.get(id);
      long misses = db.cache().statistics().misses();
      for (Freshness freshness : Freshness.values()) {
        assertThat(
                hits(
                    db,
                    () ->
                        db.reading(freshness)
                            .run(() -> assertThat(profiles.get(id).name()).isEqualTo("ada"))))
            .isZero();
      }
      assertThat(db.cache().statistics().misses()).as("nor is anything kept").isEqualTo(misses);
    }
  }

  /// A second record of the table, which knows nothing of what is kept of the first.
  @Audited(false)
  @Table("rate")
  record Plain(@Id long id, long amount) {}

  @Test
  default void recordsOfTheSameTableVoidEachOther() {
    try (Database db = open(Rate.class)) {
      Repository<Rate, Long> rates = db.repository(Rate.class);
      Repository<Plain, Long> plain = db.repository(Plain.class);
      long id = plain.create(new Plain(0, 1)).id();
      assertThat(rates.get(id).amount()).isEqualTo(1);
      plain.increment(id, Plain::amount, 1);
      assertThat(rates.get(id).amount()).isEqualTo(2);
    }
    try (Database db = open(Rate.class)) {
      db.repository(Plain.class);
      assertThatThrownBy(() -> db.repository(Rate.class))
          .isInstanceOf(ConfigurationException.class)
          .hasMessage(
              "Rate is @Cached, but Plain, of the same table, is in use already: name the cached one first.");
    }
  }

  @Test
  default void itIsThrownAwayWhenAsked() {
    try (Database db = open(Profile.class)) {
      Repository<Profile, UUID> profiles = db.repository(Profile.class);
      UUID id = profiles.create(Profile.of("ada")).id();
      List<Runnable> ways =
          List.of(
              () -> db.cache().invalidate(Profile.class, id),
              () -> db.cache().invalidate(Profile.class),
              () -> db.cache().invalidateAll());
      for (Runnable way : ways) {
        profiles.get(id);
        profiles.count();
        way.run();
        assertThat(
                hits(
                    db,
                    () -> {
                      profiles.get(id);
                      profiles.count();
                    }))
            .isZero();
      }
    }
  }

  @Test
  default void itHasItsTimeAndItsSize() throws InterruptedException {
    try (Database db = open(Rate.class)) {
      Repository<Rate, Long> rates = db.repository(Rate.class);
      long id = rates.create(new Rate(0, 5)).id();
      rates.get(id);
      assertThat(hits(db, () -> rates.get(id))).isEqualTo(1);
      Thread.sleep(1_100);
      assertThat(hits(db, () -> rates.get(id))).as("valid while younger than its time").isZero();
      for (int i = 0; i < 50; i++) {
        Optional<Rate> none = rates.find(1_000L + i);
        assertThat(none).isEmpty();
      }
      assertThat(db.cache().statistics().entries()).isLessThanOrEqualTo(10);
    }
  }
}
