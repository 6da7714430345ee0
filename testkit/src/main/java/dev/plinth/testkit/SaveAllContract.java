package dev.plinth.testkit;

import static dev.plinth.query.Filter.field;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.Database;
import dev.plinth.Duplicates;
import dev.plinth.Repository;
import dev.plinth.Saved;
import dev.plinth.audit.Action;
import dev.plinth.audit.AuditEntry;
import dev.plinth.entity.Audited;
import dev.plinth.entity.Id;
import dev.plinth.entity.Index;
import dev.plinth.error.ConstraintException;
import dev.plinth.error.ValidationException;
import dev.plinth.query.Row;
import dev.plinth.testkit.samples.Account;
import dev.plinth.testkit.samples.Invoice;
import dev.plinth.testkit.samples.Note;
import dev.plinth.testkit.samples.Profile;
import dev.plinth.testkit.samples.User;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Many rows saved at once: what is new, what is there, and what is to be done about it.
public interface SaveAllContract extends ContractBase {

  /// A visit of a user, one a day.
  @Index(
      value = {"userId", "day"},
      unique = true)
  record Daily(@Id long id, UUID userId, LocalDate day, int visits) {}

  /// A row that is found by values of all kinds together.
  @Audited(false)
  @Index(
      value = {
        "text", "small", "whole", "large", "flag", "uuid", "at", "day", "time", "local", "span",
        "bytes", "half"
      },
      unique = true)
  record Kinds(
      @Id long id,
      String text,
      short small,
      int whole,
      long large,
      boolean flag,
      UUID uuid,
      Instant at,
      LocalDate day,
      LocalTime time,
      LocalDateTime local,
      Duration span,
      byte[] bytes,
      double half,
      String note) {}

  /// A row that is nothing but its key.
  record Word(@Id String word) {}

  private static List<User> users(int from, int to, String name) {
    return IntStream.range(from, to)
        .mapToObj(i -> User.of("user" + i + "@example.org", name))
        .toList();
  }

  @Test
  default void saveAllCreatesWhatIsNewAndWritesOverTheRest() {
    Ticking clock = new Ticking();
    try (Database db = open(clock, User.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      List<User> old = users.createAll(users(0, 30, "Old"));
      users.increment(old.get(3).id(), User::commandCount, 5);
      Instant created = clock.instant();
      Instant later = clock.advance(1, ChronoUnit.DAYS);
      List<User> given = new ArrayList<>(users(10, 60, "New"));
      old.subList(0, 10).forEach(user -> given.add(user.withFirstName("Named")));
      for (int i = 0; i < 50; i++) { // by key, half of them there
        given.set(i, i < 20 ? given.get(i).withId(old.get(10 + i).id()) : given.get(i));
      }
      List<User> saved = users.saveAll(given);
      assertThat(saved).extracting(User::email).isEqualTo(given.stream().map(User::email).toList());
      assertThat(users.findAll(saved.stream().map(User::id).toList())).isEqualTo(saved);
      assertThat(users.count()).isEqualTo(60);
      assertThat(saved.subList(0, 20))
          .allMatch(user -> user.version() == 2 && user.createdAt().equals(created));
      assertThat(saved.subList(20, 50))
          .allMatch(user -> user.version() == 1 && user.createdAt().equals(later));
      assertThat(saved.subList(50, 60)).allMatch(user -> user.updatedAt().equals(later));
      assertThat(users.get(old.get(3).id()).commandCount()).isEqualTo(5);
      assertThat(users.get(old.get(3).id()).version()).isEqualTo(3);
      List<AuditEntry> entries = db.audit().from(later).list();
      assertThat(entries).hasSize(60).extracting(AuditEntry::bulkId).doesNotContainNull();
      assertThat(new HashSet<>(entries.stream().map(AuditEntry::bulkId).toList())).hasSize(1);
      assertThat(entries.stream().filter(entry -> entry.action() == Action.CREATE)).hasSize(30);
      assertThat(entries.stream().filter(entry -> entry.action() == Action.UPDATE)).hasSize(30);
    }
  }

  @Test
  default void saveAllFindsRowsByUniqueProperties() {
    try (Database db = open(User.class, Account.class, Daily.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      List<User> old = users.createAll(users(0, 20, "Old"));
      List<User> saved = users.saveAll(users(5, 40, "New"), User::email);
      assertThat(saved).extracting(User::email).startsWith("user5@example.org").hasSize(35);
      assertThat(saved.getFirst().id()).isEqualTo(old.get(5).id());
      assertThat(users.count()).isEqualTo(40);

      Repository<Account, Long> accounts = db.repository(Account.class);
      List<Account> first =
          accounts.createAll(
              IntStream.range(0, 30).mapToObj(i -> Account.of("owner " + i, i)).toList());
      List<Account> wanted =
          new ArrayList<>(
              IntStream.range(15, 55).mapToObj(i -> Account.of("owner " + i, 1000 + i)).toList());
      Collections.shuffle(wanted, new Random(1));
      List<Account> stored = accounts.saveAll(wanted, Account::owner);
      assertThat(stored)
          .extracting(Account::owner)
          .isEqualTo(wanted.stream().map(Account::owner).toList());
      assertThat(accounts.findAll(stored.stream().map(Account::id).toList())).isEqualTo(stored);
      assertThat(accounts.where(field(Account::balance).atLeast(1000L)).count()).isEqualTo(40);
      assertThat(accounts.findAll(first.subList(0, 15).stream().map(Account::id).toList()))
          .isEqualTo(first.subList(0, 15));

      Repository<Daily, Long> days = db.repository(Daily.class);
      UUID ada = UUID.randomUUID();
      UUID bob = UUID.randomUUID();
      LocalDate day = LocalDate.of(2026, 1, 1);
      days.createAll(List.of(new Daily(0, ada, day, 1), new Daily(0, bob, day.plusDays(1), 1)));
      Saved<Daily> counted =
          days.createAll(
              List.of(
                  new Daily(0, ada, day, 2),
                  new Daily(0, ada, day.plusDays(1), 2),
                  new Daily(0, bob, day, 2),
                  new Daily(0, bob, day.plusDays(1), 2)),
              Duplicates.UPDATE,
              Daily::userId,
              Daily::day);
      assertThat(counted.created()).isEqualTo(2);
      assertThat(counted.updated()).isEqualTo(2);
      assertThat(days.query().list()).hasSize(4).allMatch(daily -> daily.visits() == 2);
    }
  }

  @Test
  default void rowsAreSavedAllOrNone() {
    try (Database db = open(Account.class, User.class)) {
      Repository<Account, Long> accounts = db.repository(Account.class);
      List<Account> old =
          accounts.createAll(
              IntStream.range(0, 30).mapToObj(i -> Account.of("owner " + i, 1)).toList());
      List<Account> given = new ArrayList<>(old.stream().map(a -> a.withBalance(2)).toList());
      given.add(Account.of("new", 1));
      given.add(Account.of("poor", -1));
      assertThatThrownBy(() -> accounts.saveAll(given)).isInstanceOf(ConstraintException.class);
      assertThatThrownBy(() -> accounts.createAll(given, Duplicates.IGNORE, Account::owner))
          .isInstanceOf(ConstraintException.class);
      assertThat(accounts.query().list()).containsExactlyInAnyOrderElementsOf(old);
      assertThat(db.audit().count()).isEqualTo(30);
      Repository<User, UUID> users = db.repository(User.class);
      assertThatThrownBy(
              () -> users.saveAll(List.of(User.of("a@example.org", "Ada"), User.of("no", "B"))))
          .isInstanceOf(ValidationException.class)
          .hasMessageContaining("email");
      assertThat(users.count()).isZero();
    }
  }

  @Test
  default void whatIsUniqueMovesFromAChangedRowToANewOne() {
    try (Database db = open(User.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      User ada = users.create(User.of("ada@example.org", "Ada"));
      users.saveAll(List.of(User.of("ada@example.org", "Eve"), ada.withEmail("a@example.org")));
      assertThat(users.get(ada.id()).email()).isEqualTo("a@example.org");
      assertThat(users.where(field(User::email).is("ada@example.org")).one().firstName())
          .isEqualTo("Eve");
    }
  }

  @Test
  default void savingMistakesAreRefused() {
    try (Database db = open(User.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      assertThat(users.saveAll(List.of())).isEmpty();
      assertThat(users.createAll(List.of(), Duplicates.IGNORE))
          .isEqualTo(new Saved<>(List.of(), 0, 0, 0));
      assertThatThrownBy(() -> users.saveAll(List.of(), User::firstName))
          .isInstanceOf(ValidationException.class)
          .hasMessageContaining("first_name");
      assertThatThrownBy(
              () -> users.createAll(users(0, 2, "Ada"), Duplicates.IGNORE, User::email, User::role))
          .isInstanceOf(ValidationException.class);
      assertThat(users.count()).isZero();
    }
  }

  @Test
  default void rowsOfAKeyAloneAreSaved() {
    try (Database db = open(Word.class)) {
      Repository<Word, String> words = db.repository(Word.class);
      List<Word> some = IntStream.range(0, 30).mapToObj(i -> new Word("w" + i)).toList();
      assertThat(words.saveAll(some.subList(0, 15))).isEqualTo(some.subList(0, 15));
      assertThat(words.saveAll(some)).isEqualTo(some);
      assertThat(words.count()).isEqualTo(30);
      assertThat(db.audit().action(Action.UPDATE).count()).isEqualTo(15);
    }
  }

  @Test
  default void rowsAreFoundByValuesOfAnyKind() {
    try (Database db = open(Kinds.class)) {
      Repository<Kinds, Long> rows = db.repository(Kinds.class);
      List<Kinds> first = IntStream.range(0, 40).mapToObj(i -> kinds(i, "first")).toList();
      assertThat(save(rows, first).created()).isEqualTo(40);
      List<Kinds> second = IntStream.range(20, 60).mapToObj(i -> kinds(i, "second")).toList();
      Saved<Kinds> saved = save(rows, second);
      assertThat(saved.created()).isEqualTo(20);
      assertThat(saved.updated()).isEqualTo(20);
      assertThat(rows.where(field(Kinds::note).is("second")).count()).isEqualTo(40);
      assertThat(rows.count()).isEqualTo(60);
    }
  }

  private static Kinds kinds(int i, String note) {
    Instant at = Instant.parse("2026-01-01T12:00:00.123456Z").plusSeconds(i / 2);
    return new Kinds(
        0,
        "it's \"" + i + "\"\n\\ ä €",
        (short) (i - 20),
        i * 1000,
        Long.MAX_VALUE - i,
        i % 2 == 0,
        new UUID(-i, i),
        at,
        LocalDate.of(2026, 1, 1).plusDays(i),
        LocalTime.of(1, 2, 3, 4000).plusMinutes(i),
        LocalDateTime.of(2026, 1, 1, 2, 3, 4, 5000).plusHours(i),
        Duration.ofMillis(-i),
        new byte[] {0, (byte) i, -1},
        i / 3.0,
        note);
  }

  private static Saved<Kinds> save(Repository<Kinds, Long> rows, List<Kinds> given) {
    return rows.createAll(
        given,
        Duplicates.UPDATE,
        Kinds::text,
        Kinds::small,
        Kinds::whole,
        Kinds::large,
        Kinds::flag,
        Kinds::uuid,
        Kinds::at,
        Kinds::day,
        Kinds::time,
        Kinds::local,
        Kinds::span,
        Kinds::bytes,
        Kinds::half);
  }

  @Test
  default void moreRowsThanGoAtOnceAreSaved() {
    try (Database db = open(Note.class)) {
      Repository<Note, Long> notes = db.repository(Note.class);
      List<Note> old =
          notes.createAll(IntStream.range(0, 11_000).mapToObj(i -> Note.of("old")).toList());
      List<Note> given = new ArrayList<>(old.stream().map(n -> new Note(n.id(), "new")).toList());
      IntStream.range(0, 11_000).forEach(i -> given.add(2 * i, Note.of("new")));
      Saved<Note> saved = notes.createAll(given, Duplicates.UPDATE);
      assertThat(saved.created()).isEqualTo(11_000);
      assertThat(saved.updated()).isEqualTo(11_000);
      assertThat(saved.rows()).extracting(Note::id).doesNotHaveDuplicates();
      assertThat(notes.where(field(Note::text).is("new")).count()).isEqualTo(22_000);
    }
  }

  @Test
  default void savedRowsAreSeenBesideACache() {
    try (Database db = open(Profile.class)) {
      Repository<Profile, UUID> profiles = db.repository(Profile.class);
      Profile ada = profiles.create(Profile.of("ada"));
      assertThat(profiles.get(ada.id()).version()).isEqualTo(1);
      assertThat(profiles.where(field(Profile::name).is("bob")).count()).isZero();
      profiles.saveAll(List.of(Profile.of("ada"), Profile.of("bob")), Profile::name);
      assertThat(profiles.get(ada.id()).version()).isEqualTo(2);
      assertThat(profiles.where(field(Profile::name).is("bob")).count()).isEqualTo(1);
    }
  }

  @Test
  default void rowsOfATableWithoutARecordAreSaved() {
    try (Database db = open(Account.class)) {
      db.repository(Account.class).createAll(List.of(Account.of("a", 1), Account.of("b", 1)));
      List<Row> rows = db.table("account").query().list();
      Saved<Row> saved = db.table("account").createAll(rows, Duplicates.IGNORE);
      assertThat(saved.ignored()).isEqualTo(2);
      assertThat(db.table("account").saveAll(rows)).hasSize(2);
    }
  }

  @Test
  default void rowsThatLieApartAreSavedInOneCall() {
    try (Database db = open(config -> config.with("distribution", "tenant_id"), Invoice.class)) {
      Repository<Invoice, UUID> invoices = db.repository(Invoice.class);
      UUID one = UUID.randomUUID();
      UUID two = UUID.randomUUID();
      invoices.createAll(List.of(Invoice.of(one, "1", 5), Invoice.of(two, "2", 5)));
      Saved<Invoice> saved =
          invoices.createAll(
              List.of(
                  Invoice.of(one, "1", 6),
                  Invoice.of(two, "1", 6),
                  Invoice.of(one, "2", 6),
                  Invoice.of(two, "2", 6)),
              Duplicates.UPDATE,
              Invoice::number);
      assertThat(saved.created()).isEqualTo(2);
      assertThat(saved.updated()).isEqualTo(2);
      assertThat(saved.rows()).extracting(Invoice::tenantId).containsExactly(one, two, one, two);
      assertThat(invoices.saveAll(saved.rows()))
          .hasSize(4)
          .extracting(Invoice::version)
          .containsExactly(3L, 2L, 2L, 3L);
    }
  }
}
