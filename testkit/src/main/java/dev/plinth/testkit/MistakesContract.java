package dev.plinth.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.entity.Id;
import dev.plinth.entity.Index;
import dev.plinth.entity.Json;
import dev.plinth.entity.References;
import dev.plinth.entity.Unique;
import dev.plinth.error.DatabaseException;
import dev.plinth.error.MappingException;
import dev.plinth.error.ValidationException;
import dev.plinth.query.Filter;
import dev.plinth.testkit.samples.Note;
import dev.plinth.testkit.samples.User;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/// What people do wrong on their first day, and what they are told.
public interface MistakesContract extends ContractBase {

  /// A record whose key nobody marked.
  record Keyless(UUID id, String name) {}

  /// A record that refers to one without a key.
  record Child(@Id UUID id, @References(Keyless.class) UUID parent) {}

  /// A decimal that would be unique: 1.0 and 1.00 are one value in two forms.
  record Price(@Id long id, @Unique BigDecimal amount) {}

  /// The same by an index.
  @Index(
      value = {"name", "amount"},
      unique = true)
  record Offer(@Id long id, String name, BigDecimal amount) {}

  /// A record with rules inside its JSON.
  record Parcel(@Id long id, @Json @Valid Address address) {
    /// Where it goes.
    public record Address(@NotBlank String street) {}
  }

  @Test
  default void rowsThatAreNullAreRefusedByName() {
    try (Database db = open(User.class, Note.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      Repository<Note, Long> notes = db.repository(Note.class);
      List<ThrowingCallable> calls =
          List.of(
              () -> users.create((User) null),
              () -> users.createAll(Arrays.asList(User.of("a@example.org", "Ada"), null)),
              () -> users.update((User) null),
              () -> users.updateAll(Arrays.asList((User) null)),
              () -> users.save((User) null),
              () -> users.save((User) null, User::email),
              () -> users.saveAll(Arrays.asList(User.of("b@example.org", "Bob"), null)),
              () -> notes.create((Note) null),
              () -> notes.createAll(Arrays.asList(Note.of("a"), null)),
              () -> notes.update((Note) null),
              () -> notes.save((Note) null));
      for (int i = 0; i < calls.size(); i++) {
        assertThatThrownBy(calls.get(i))
            .as("call %d", i)
            .isInstanceOf(ValidationException.class)
            .hasMessageContaining("null");
      }
      assertThat(users.count()).isZero();
      assertThat(notes.count()).isZero();
    }
  }

  @Test
  default void filtersThatAreNullAreRefused() {
    try (Database db = open(User.class, Note.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      Repository<Note, Long> notes = db.repository(Note.class);
      notes.create(Note.of("a"));
      Filter some = Filter.field("text").is("a");
      for (ThrowingCallable call :
          List.<ThrowingCallable>of(
              () -> users.where(null).list(),
              () -> users.query().where(null).list(),
              () -> notes.where(null).delete(),
              () -> notes.query().where(null).delete(),
              () -> notes.where(some.and((Filter) null)).delete(),
              () -> notes.where(some.or((Filter) null)).delete(),
              () -> notes.where(Filter.not(null)).delete())) {
        assertThatThrownBy(call).isInstanceOf(ValidationException.class);
      }
      assertThat(notes.count()).isEqualTo(1);
    }
  }

  @Test
  default void aRecordWithoutAKeyIsToldWhichAnnotationIsMissing() {
    try (Database db = open()) {
      for (ThrowingCallable call :
          List.<ThrowingCallable>of(
              () -> db.repository(Keyless.class),
              () -> db.schema().create(Keyless.class),
              () -> db.schema().create(Keyless.class, Child.class))) {
        assertThatThrownBy(call)
            .isInstanceOf(MappingException.class)
            .hasMessageContaining("Keyless")
            .hasMessageContaining("@Id");
      }
      assertThat(db.schema().tables()).doesNotContain("keyless", "child");
      // results of a query need no key
      assertThat(
              db.sql("select '0192a000-0000-7000-8000-000000000000' as id, 'a' as name")
                  .as(Keyless.class)
                  .one()
                  .name())
          .isEqualTo("a");
    }
  }

  @Test
  default void aForgottenTableIsNamedWithTheCallThatMakesIt() {
    try (Database db = open()) {
      Repository<User, UUID> users = db.repository(User.class);
      Repository<Note, Long> notes = db.repository(Note.class);
      for (ThrowingCallable call :
          List.<ThrowingCallable>of(
              () -> users.create(User.of("a@example.org", "Ada")),
              () -> users.find(UUID.randomUUID()),
              () -> users.query().list(),
              () -> users.count())) {
        assertThatThrownBy(call)
            .isInstanceOf(DatabaseException.class)
            .hasMessageContaining("users")
            .hasMessageContaining("db.schema().create");
      }
      assertThatThrownBy(() -> notes.create(Note.of("a")))
          .isInstanceOf(DatabaseException.class)
          .hasMessageContaining("note")
          .hasMessageContaining("db.schema().create");
    }
  }

  @Test
  default void aDecimalCannotBeUnique() {
    try (Database db = open()) {
      for (Class<?> type : List.of(Price.class, Offer.class)) {
        assertThatThrownBy(() -> db.schema().create(type))
            .isInstanceOf(MappingException.class)
            .hasMessageContaining("amount");
        assertThatThrownBy(() -> db.repository(type)).isInstanceOf(MappingException.class);
      }
      assertThat(db.schema().tables()).doesNotContain("price", "offer");
    }
  }

  @Test
  default void rulesInsideAValueHoldForItsChangeToo() {
    try (Database db = open(Parcel.class)) {
      Repository<Parcel, Long> parcels = db.repository(Parcel.class);
      Parcel parcel = parcels.create(new Parcel(0, new Parcel.Address("Hill Road 1")));
      Parcel.Address nowhere = new Parcel.Address(" ");
      for (ThrowingCallable call :
          List.<ThrowingCallable>of(
              () -> parcels.create(new Parcel(0, nowhere)),
              () -> parcels.create(c -> c.set(Parcel::address, nowhere)),
              () -> parcels.update(new Parcel(parcel.id(), nowhere)),
              () -> parcels.update(parcel, new Parcel(parcel.id(), nowhere)),
              () -> parcels.patch(parcel.id(), c -> c.set(Parcel::address, nowhere)),
              () -> parcels.query().update(c -> c.set(Parcel::address, nowhere)))) {
        ValidationException e = catchThrowableOfType(ValidationException.class, call);
        assertThat(e).isNotNull();
        assertThat(e.violations())
            .extracting(ValidationException.Violation::property)
            .containsExactly("address.street");
      }
      assertThat(parcels.query().list()).containsExactly(parcel);
      Parcel.Address next = new Parcel.Address("Hill Road 2");
      assertThat(parcels.patch(parcel.id(), c -> c.set(Parcel::address, next)).address())
          .isEqualTo(next);
    }
  }
}
