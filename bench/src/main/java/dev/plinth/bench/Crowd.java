package dev.plinth.bench;

import static dev.plinth.query.Filter.field;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.entity.Audited;
import dev.plinth.entity.CreatedAt;
import dev.plinth.entity.DeletedAt;
import dev.plinth.entity.Id;
import dev.plinth.entity.Json;
import dev.plinth.entity.Version;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Everything that a busy program does at once, so that no call site sees only one kind of caller.
///
/// A benchmark alone in its JVM flatters code that the compiler can specialize for it; real
/// programs have several records and use all operations.
final class Crowd {

  private static final int ROUNDS = 300;

  private Crowd() {}

  record Product(
      @Id long id,
      String name,
      BigDecimal price,
      @Nullable LocalDate since,
      @Version int version) {}

  @Audited(false)
  record Visit(@Id @Nullable UUID id, String page, Duration took, double score, boolean bounced) {}

  record Note(
      @Id String id,
      @Json Map<String, Object> content,
      short rank,
      @CreatedAt @Nullable Instant createdAt,
      @DeletedAt @Nullable Instant deletedAt) {}

  /// A class that is no record.
  static final class Tag {
    @Id @Nullable UUID id;
    String label = "";
    int uses;
  }

  /// Every workload by every contender, and other records besides.
  static void exercise(Engine engine, Place place) {
    try (Database db = Database.open(place.fresh())) {
      db.schema().create(Product.class, Visit.class, Note.class, Tag.class);
      for (int i = 0; i < ROUNDS; i++) {
        others(db, i);
      }
    }
    for (Contender.Kind kind : Contender.Kind.values()) {
      try (Contender contender = Contender.open(kind, engine, Template.make(place, 2000))) {
        for (int i = 0; i < ROUNDS; i++) {
          workloads(contender, i);
        }
      }
    }
  }

  private static void others(Database db, int i) {
    Repository<Product, Long> products = db.repository(Product.class);
    Product product =
        products.create(new Product(0, "Product " + i, new BigDecimal("9.99"), null, 0));
    products.patch(product.id(), c -> c.set(Product::since, LocalDate.EPOCH));
    products.where(field(Product::name).startsWith("Product 1")).limit(100).list();

    Repository<Visit, UUID> visits = db.repository(Visit.class);
    List<Visit> created =
        visits.createAll(
            IntStream.range(0, 20)
                .mapToObj(n -> new Visit(null, "/" + n, Duration.ofMillis(n), n, n % 2 == 0))
                .toList());
    created.forEach(visit -> visits.find(Objects.requireNonNull(visit.id())));
    visits.updateAll(created.subList(0, 5));

    Repository<Note, String> notes = db.repository(Note.class);
    notes.create(new Note("note" + i, Map.of("number", i), (short) 3, null, null));
    notes.find("note" + i);
    notes.delete("note" + i / 2);
    try (Stream<Note> rows = notes.query().stream()) {
      rows.limit(50).forEach(Note::content);
    }

    Repository<Tag, UUID> tags = db.repository(Tag.class);
    Tag tag = new Tag();
    tag.label = "tag " + i;
    tag = tags.create(tag);
    tag.uses = i;
    tags.update(tag);
    tags.find(Objects.requireNonNull(tag.id));
    db.transaction(tx -> products.find(product.id()));
  }

  private static void workloads(Contender contender, int i) {
    User user = contender.insert(Sample.fresh("one", i));
    UUID id = Objects.requireNonNull(user.id());
    contender.update(user.with(i % 90, "Updated"));
    contender.patch(id, 20, "Patched");
    contender.insertAudited(AuditedUser.of(Sample.fresh("audited", i)));
    for (int n = 0; n < 50; n++) {
      contender.findByKey(id);
    }
    contender.page100(Sample.role(i), Sample.status(i));
    contender.count(Sample.role(i), Sample.status(i));
    contender.transaction(Sample.fresh("transaction", i * 10, i * 10 + 10));
    contender.updateAll(contender.createAll(Sample.fresh("all", i * 100, i * 100 + 100)));
    if (i % 20 == 0) {
      contender.stream(row -> {});
    }
  }
}
