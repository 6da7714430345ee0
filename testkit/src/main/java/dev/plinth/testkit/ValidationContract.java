package dev.plinth.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.entity.Id;
import dev.plinth.error.ValidationException;
import dev.plinth.query.Order;
import dev.plinth.testkit.samples.Role;
import dev.plinth.testkit.samples.User;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Positive;
import java.util.List;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/// Jakarta Validation constraints, checked before anything is sent.
public interface ValidationContract extends ContractBase {

  /// A record with a numbered key, and rules for one column and for two together.
  record Offer(
      @Id long id,
      @NotBlank String title,
      @Pattern(regexp = "[A-Z]{3}") String currency,
      @Positive long price,
      @Min(0) long discount) {

    /// Whether the two prices agree.
    @AssertTrue(message = "must leave something to pay")
    public boolean isDiscountBelowPrice() {
      return discount < price || price <= 0;
    }
  }

  /// A record whose key is the layer's to make, and must be there.
  record Ticket(@NotNull @Id UUID id, @NotBlank String title) {}

  private static List<String> violations(ThrowingCallable work) {
    ValidationException e = catchThrowableOfType(ValidationException.class, work);
    assertThat(e).isNotNull();
    assertThat(e.code()).isEqualTo("VALIDATION_ERROR");
    for (ValidationException.Violation violation : e.violations()) {
      assertThat(violation.message()).isNotBlank();
      assertThat(e.getMessage()).contains(violation.property()).contains(violation.message());
    }
    return e.violations().stream().map(ValidationException.Violation::property).toList();
  }

  @Test
  default void everyWriteIsCheckedAndListsEveryViolation() {
    try (Database db = open(User.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      User ada = users.create(User.of("ada@example.org", "Ada"));
      User bad = User.of("no address", "E");
      assertThat(violations(() -> users.create(bad)))
          .containsExactlyInAnyOrder("email", "firstName");
      assertThat(
              violations(() ->
                  users.create(c -> c.set(User::email, "no address").set(User::firstName, "E"))))
          .containsExactlyInAnyOrder("email", "firstName");
      assertThat(
              violations(() ->
                  users.createAll(
                      List.of(
                          User.of("bob@example.org", "Bob"),
                          bad,
                          User.of("eve@example.org", "x".repeat(51))))))
          .contains("email", "firstName")
          .hasSize(3);
      assertThat(violations(() -> users.update(ada.withFirstName("E").withEmail("no"))))
          .containsExactlyInAnyOrder("email", "firstName");
      assertThat(violations(() -> users.update(ada, ada.withFirstName("E"))))
          .containsExactly("firstName");
      assertThat(violations(() -> users.updateAll(List.of(ada.withFirstName("E")))))
          .containsExactly("firstName");
      assertThat(
              violations(() ->
                  users.patch(ada.id(), c -> c.set(User::firstName, "E").set(User::email, "no"))))
          .containsExactlyInAnyOrder("email", "firstName");
      assertThat(violations(() -> users.save(bad))).containsExactlyInAnyOrder("email", "firstName");
      assertThat(violations(() -> users.save(ada.withFirstName("E")))).containsExactly("firstName");
      assertThat(
              violations(() ->
                  users.save(
                      c -> c.set(User::email, "ada@example.org").set(User::firstName, "E"),
                      User::email)))
          .containsExactly("firstName");
      assertThat(violations(() -> users.query().update(c -> c.set(User::firstName, "E"))))
          .containsExactly("firstName");
      assertThat(users.query().includeDeleted().list()).containsExactly(ada);
      assertThat(db.audit().count()).isEqualTo(1);
    }
  }

  @Test
  default void whatIsValidPasses() {
    try (Database db = open(User.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      User ada = users.create(User.of("ada@example.org", "Al"));
      assertThat(users.patch(ada.id(), c -> c.set(User::firstName, "x".repeat(50))).firstName())
          .hasSize(50);
      assertThat(users.patch(ada.id(), c -> c.set(User::role, Role.ADMIN)).role())
          .isEqualTo(Role.ADMIN);
      assertThat(users.query().update(c -> c.set(User::firstName, "Ada"))).isEqualTo(1);
    }
  }

  @Test
  default void aFailingCheckLeavesTheTransactionUsable() {
    try (Database db = open(User.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      db.transaction(tx -> {
        users.create(User.of("ada@example.org", "Ada"));
        assertThatThrownBy(() -> users.create(User.of("no address", "Eve")))
            .isInstanceOf(ValidationException.class);
        users.create(User.of("bob@example.org", "Bob"));
      });
      assertThat(users.query().orderBy(Order.ascending(User::email)).list())
          .extracting(User::email)
          .containsExactly("ada@example.org", "bob@example.org");
    }
  }

  @Test
  default void rulesForTheWholeRecordAreChecked() {
    try (Database db = open(Offer.class)) {
      Repository<Offer, Long> offers = db.repository(Offer.class);
      Offer good = offers.create(new Offer(0, "Chair", "EUR", 100, 10));
      assertThat(good.id()).isPositive();
      assertThat(violations(() -> offers.create(new Offer(0, " ", "euro", -1, -1))))
          .containsExactlyInAnyOrder("title", "currency", "price", "discount");
      assertThat(violations(() -> offers.create(new Offer(0, "Desk", "EUR", 100, 100))))
          .containsExactly("discountBelowPrice");
      assertThat(violations(() -> offers.update(new Offer(good.id(), "Chair", "EUR", 100, 200))))
          .containsExactly("discountBelowPrice");
      assertThat(violations(() -> offers.update(good, new Offer(good.id(), "Chair", "EUR", 9, 10))))
          .containsExactly("discountBelowPrice");
      assertThat(violations(() -> offers.patch(good.id(), c -> c.set(Offer::price, 0L))))
          .containsExactly("price");
      assertThat(offers.query().list()).containsExactly(good);
    }
  }

  @Test
  default void whatTheLayerMakesIsThereWhenTheRecordIsChecked() {
    try (Database db = open(Ticket.class)) {
      Repository<Ticket, UUID> tickets = db.repository(Ticket.class);
      Ticket stored = tickets.create(new Ticket(null, "It is broken"));
      assertThat(tickets.get(stored.id())).isEqualTo(stored);
      assertThat(tickets.save(new Ticket(null, "It still is")).id()).isNotNull();
      assertThat(violations(() -> tickets.create(new Ticket(null, " ")))).containsExactly("title");
    }
  }
}
