package dev.plinth.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.entity.CreatedAt;
import dev.plinth.entity.DeletedAt;
import dev.plinth.entity.Id;
import dev.plinth.error.NotFoundException;
import dev.plinth.error.ValidationException;
import dev.plinth.query.Filter;
import dev.plinth.query.Row;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What is not given is left alone: defaults of tables, rows of keys only, and live rows.
public interface TableDefaultsContract extends ContractBase {

  /// A record that is its key.
  record Only(@Id UUID id) {}

  /// A record of which a caller can change nothing.
  record Stamped(@Id UUID id, @CreatedAt Instant at) {}

  /// A record that is deleted softly.
  record Fading(@Id long id, String name, @DeletedAt @Nullable Instant deletedAt) {}

  @Test
  default void unsetColumnsTakeTheTablesDefaults() {
    try (Database db = open()) {
      db.sql(
              "create table adopted (id %s, name text not null default 'anon',"
                      .formatted(numberedKey(db))
                  + " n integer not null default 5, note text default 'none')")
          .execute();
      Repository<Row, Object> rows = db.table("adopted");
      Row first = rows.create(c -> c.set("n", 7));
      assertThat(first.text("name")).isEqualTo("anon");
      assertThat(first.number("n")).isEqualTo(7);
      assertThat(first.text("note")).isEqualTo("none");
      assertThat(rows.get(first.get("id"))).isEqualTo(first);
      Row second = rows.create(c -> c.set("name", "b").set("note", null));
      assertThat(second.text("name")).isEqualTo("b");
      assertThat(second.number("n")).isEqualTo(5);
      assertThat(second.get("note")).isNull();
      assertThat(db.audit().of("adopted", first.get("id")).list().getFirst().newValues())
          .containsEntry("name", "anon")
          .containsEntry("note", "none");
    }
  }

  @Test
  default void aRowOfNothingButAKeyCanBeWritten() {
    try (Database db = open(Only.class, Stamped.class)) {
      Repository<Only, UUID> only = db.repository(Only.class);
      Repository<Stamped, UUID> stamped = db.repository(Stamped.class);
      Only one = only.create(new Only(null));
      Stamped two = stamped.create(new Stamped(null, null));
      assertThat(only.update(one)).isEqualTo(one);
      assertThat(only.updateAll(List.of(one))).containsExactly(one);
      assertThat(only.save(one)).isEqualTo(one);
      assertThat(stamped.update(two)).isEqualTo(two);
      assertThat(stamped.updateAll(List.of(two))).containsExactly(two);
      assertThat(stamped.save(two)).isEqualTo(two);
      assertThatThrownBy(() -> only.update(new Only(UUID.randomUUID())))
          .isInstanceOf(NotFoundException.class);
      assertThat(only.query().list()).containsExactly(one);
      assertThat(stamped.query().list()).containsExactly(two);
    }
  }

  /// Who asks for the deleted ones means no other.
  @Test
  default void deletingTheDeletedTouchesNoLiveRow() {
    try (Database db = open(Fading.class)) {
      Repository<Fading, Long> rows = db.repository(Fading.class);
      for (int i = 0; i < 6; i++) {
        rows.create(new Fading(0, "live " + i, null));
      }
      List<Fading> live = rows.query().list();
      rows.delete(rows.create(new Fading(0, "gone", null)).id());
      long entries = db.audit().count();
      for (var query : List.of(rows.query(), rows.where(Filter.field("name").contains("e")))) {
        try {
          assertThat(query.onlyDeleted().delete()).isZero();
        } catch (ValidationException e) {
          assertThat(e).hasMessageContaining("purge");
        }
      }
      assertThat(rows.query().list()).isEqualTo(live);
      assertThat(rows.query().onlyDeleted().count()).isEqualTo(1);
      assertThat(db.audit().count()).isEqualTo(entries);
      assertThat(rows.query().includeDeleted().delete()).isEqualTo(6);
    }
  }
}
