package dev.plinth.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.entity.Id;
import dev.plinth.entity.Json;
import dev.plinth.entity.Property;
import dev.plinth.entity.Secret;
import dev.plinth.error.DataException;
import dev.plinth.error.DatabaseException;
import dev.plinth.error.ValidationException;
import dev.plinth.query.Changes;
import dev.plinth.query.Filter;
import dev.plinth.testkit.samples.Role;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Size;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// No message, no cause and no text of an object repeats the value of a secret.
public interface SecretContract extends ContractBase {

  /// What none of the texts may hold.
  String HIDDEN = "HUSH-4711";

  /// A secret of every type that text is read into.
  record Safe(
      @Id long id,
      @Secret @Nullable Integer whole,
      @Secret @Nullable BigDecimal amount,
      @Secret @Nullable Role role,
      @Secret @Nullable UUID code,
      @Secret @Nullable LocalDate day,
      @Secret @Nullable LocalTime hour,
      @Secret @Nullable Instant moment,
      @Secret @Json @Nullable Map<String, Integer> map) {}

  /// A secret whose rules tell what they refuse.
  record Lock(
      @Id long id,
      @Secret @Size(max = 4, message = "never '${validatedValue}'") String pin,
      @Secret @Json @Valid @Nullable Part part) {
    /// A secret inside JSON.
    public record Part(@Size(max = 4, message = "never '${validatedValue}'") String inner) {}
  }

  /// The columns of [Safe] that text may not fit.
  List<String> COLUMNS = List.of("whole", "amount", "role", "code", "day", "hour", "moment", "map");

  private static void hides(String what, @Nullable Throwable thrown) {
    assertThat(thrown).as(what).isInstanceOf(DatabaseException.class);
    StringWriter everything = new StringWriter();
    thrown.printStackTrace(new PrintWriter(everything)); // with all causes
    assertThat(everything.toString()).as(what).doesNotContain(HIDDEN);
  }

  private static void hides(String what, ThrowingCallable work) {
    hides(what, catchThrowable(work));
  }

  @Test
  default void storedSecretsThatDoNotFitAreNotRepeated() {
    try (Database db = open(Safe.class)) {
      Repository<Safe, Long> safes = db.repository(Safe.class);
      Safe safe = safes.create(new Safe(0, null, null, null, null, null, null, null, null));
      for (String column : COLUMNS) {
        String stray = column.equals("map") ? "{\"k\":\"" + HIDDEN + "\"}" : HIDDEN;
        Throwable refused =
            catchThrowable(() ->
                db.sql("update safe set " + column + " = :stray").bind("stray", stray).execute());
        if (refused != null) {
          continue; // an engine with strict types never comes to read it
        }
        Throwable thrown = catchThrowable(() -> safes.get(safe.id()));
        assertThat(thrown).as(column).isInstanceOf(DataException.class);
        assertThat(thrown).as(column).hasMessageContaining(column);
        hides(column, thrown);
        hides(column, () -> safes.query().list());
        hides(column, () -> db.sql("select * from safe").as(Safe.class).list());
        db.sql("update safe set " + column + " = null").execute();
        assertThat(safes.get(safe.id())).isEqualTo(safe);
      }
    }
  }

  @Test
  default void givenSecretsThatDoNotFitAreNotRepeated() {
    try (Database db = open(Safe.class)) {
      Repository<Safe, Long> safes = db.repository(Safe.class);
      Safe safe = safes.create(new Safe(0, null, null, null, null, null, null, null, null));
      for (String column : COLUMNS) {
        if (!column.equals("map")) {
          hides(column, () -> safes.where(Filter.field(column).is(HIDDEN)).list());
          hides(column, () -> safes.where(Filter.field(column).in(List.of(HIDDEN))).list());
        }
        hides(column, () -> safes.patch(safe.id(), c -> c.set(column, HIDDEN)));
        hides(column, () -> safes.query().update(c -> c.set(column, HIDDEN)));
        hides(column, () -> safes.create(c -> c.set(column, HIDDEN)));
      }
      assertThat(safes.query().list()).containsExactly(safe);
    }
  }

  @Test
  default void rulesOfSecretsDoNotRepeatThem() {
    try (Database db = open(Lock.class)) {
      Repository<Lock, Long> locks = db.repository(Lock.class);
      Lock lock = locks.create(new Lock(0, "1234", new Lock.Part("a")));
      for (ThrowingCallable work :
          List.<ThrowingCallable>of(
              () -> locks.create(new Lock(0, HIDDEN, null)),
              () -> locks.update(new Lock(lock.id(), HIDDEN, null)),
              () -> locks.patch(lock.id(), c -> c.set(Lock::pin, HIDDEN)),
              () -> locks.query().update(c -> c.set(Lock::pin, HIDDEN)),
              () -> locks.create(new Lock(0, "1", new Lock.Part(HIDDEN))),
              () -> locks.patch(lock.id(), c -> c.set(Lock::part, new Lock.Part(HIDDEN))))) {
        Throwable thrown = catchThrowable(work);
        assertThat(thrown).isInstanceOf(ValidationException.class);
        hides("a rule", thrown);
        assertThat(((ValidationException) thrown).violations().toString())
            .doesNotContain(HIDDEN)
            .containsAnyOf("pin", "part");
      }
      assertThat(locks.query().list()).containsExactly(lock);
    }
  }

  @Test
  default void filtersAndChangesDoNotShowTheirValues() {
    for (Filter filter :
        List.of(
            Filter.field("code").is(HIDDEN),
            Filter.field("code").isNot(HIDDEN),
            Filter.field("code").greater(HIDDEN),
            Filter.field("code").between(HIDDEN, HIDDEN),
            Filter.field("code").in(List.of(HIDDEN, HIDDEN)),
            Filter.field("code").notIn(List.of(HIDDEN, HIDDEN)),
            Filter.field("code").contains(HIDDEN),
            Filter.field("code").like(HIDDEN),
            Filter.matching(Map.of("code", HIDDEN)),
            Filter.not(Filter.field("code").is(HIDDEN)),
            Filter.field("code").is(HIDDEN).or(Filter.field("code").startsWith(HIDDEN)),
            Filter.search(HIDDEN, List.of(Property.Name.of("code"))))) {
      assertThat(filter.toString()).doesNotContain(HIDDEN);
    }
    assertThat(Changes.<Safe>none().set("code", HIDDEN).toString()).doesNotContain(HIDDEN);
  }
}
