package dev.plinth.testkit;

import static dev.plinth.query.Filter.field;
import static dev.plinth.testkit.PolicyRows.ANN;
import static dev.plinth.testkit.PolicyRows.BOB;
import static dev.plinth.testkit.PolicyRows.actor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.Database;
import dev.plinth.Duplicates;
import dev.plinth.Repository;
import dev.plinth.config.Setting;
import dev.plinth.entity.DeletedAt;
import dev.plinth.entity.FullText;
import dev.plinth.entity.Id;
import dev.plinth.entity.References;
import dev.plinth.entity.Table;
import dev.plinth.entity.Unique;
import dev.plinth.error.AccessException;
import dev.plinth.error.ConstraintException;
import dev.plinth.spi.Capability;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Row policies of tables that refer to one another.
public interface PolicyRelationContract extends ContractBase {

  /// What an album is to its user.
  @Table("albums")
  record Album(
      @Id @Nullable UUID id,
      UUID userId,
      @FullText String title,
      @DeletedAt @Nullable Instant deletedAt) {}

  /// A picture that goes with its album.
  @Table("pictures")
  record Picture(
      @Id @Nullable UUID id,
      @References(value = Album.class, cascade = true) UUID albumId,
      UUID userId,
      @Unique String name,
      @DeletedAt @Nullable Instant deletedAt) {}

  /// An album with its pictures.
  record WithPictures(Album album, List<Picture> pictures) {}

  private Database albums() {
    Database db = open(Album.class, Picture.class);
    restrict(db);
    return db;
  }

  /// Keeps the users' rows apart.
  static void restrict(Database db) {
    db.policies()
        .on(Album.class, actor -> field(Album::userId).is(UUID.fromString(actor.id())))
        .on(Picture.class, actor -> field(Picture::userId).is(UUID.fromString(actor.id())));
    if (!db.config().text(Setting.ROW_SECURITY_ROLE).isEmpty()) {
      db.policies().install();
    }
  }

  private static UUID album(Database db, UUID user, String title) {
    Album made = new Album(null, user, title, null);
    return db.actingAs(actor(user), () -> db.repository(Album.class).create(made).id());
  }

  private static Picture picture(Database db, UUID album, UUID user, String name) {
    Picture made = new Picture(null, album, user, name, null);
    return db.actingAs(actor(user), () -> db.repository(Picture.class).create(made));
  }

  /// Rows are made below others, go and come back with them, whoever worked there before.
  static void rowsAreMadeAndGoTogether(Database db) {
    Repository<Album, UUID> albums = db.repository(Album.class);
    Repository<Picture, UUID> pictures = db.repository(Picture.class);
    UUID anns = album(db, ANN, "Ann's");
    UUID bobs = album(db, BOB, "BOB's");
    picture(db, anns, ANN, "first");
    picture(db, bobs, BOB, "BOB's");
    db.transaction(tx -> {
      db.actingAs(actor(BOB), () -> assertThat(albums.count()).isEqualTo(1));
      picture(db, anns, ANN, "second");
    });
    db.actingAs(actor(BOB), () -> assertThat(albums.delete(anns)).isFalse());
    db.actingAs(
        actor(ANN),
        () -> {
          assertThat(pictures.count()).isEqualTo(2);
          assertThat(albums.delete(anns)).isTrue();
          assertThat(albums.count()).isZero();
          assertThat(pictures.count()).isZero();
          assertThat(albums.restore(anns).title()).isEqualTo("Ann's");
          assertThat(pictures.count()).isEqualTo(2);
        });
    db.actingAs(actor(BOB), () -> assertThat(pictures.count()).isEqualTo(1));
  }

  @Test
  default void rowsAreMadeBelowTheirOwnAndGoWithThem() {
    try (Database db = albums()) {
      rowsAreMadeAndGoTogether(db);
    }
  }

  @Test
  default void whatGoesAlongGoesWhateverItsActorSees() {
    try (Database db = albums()) {
      Repository<Album, UUID> albums = db.repository(Album.class);
      Repository<Picture, UUID> pictures = db.repository(Picture.class);
      UUID anns = album(db, ANN, "Ann's");
      Picture bobs = new Picture(null, anns, BOB, "BOB's", null);
      db.policies().<Picture, RuntimeException>bypass(() -> pictures.create(bobs));
      db.actingAs(actor(ANN), () -> assertThat(albums.delete(anns)).isTrue());
      db.actingAs(actor(BOB), () -> assertThat(pictures.count()).isZero());
      db.actingAs(actor(ANN), () -> assertThat(albums.restore(anns).id()).isEqualTo(anns));
      db.actingAs(actor(BOB), () -> assertThat(pictures.count()).isEqualTo(1));
    }
  }

  @Test
  default void manyRowsSavedMeetHiddenOnesAsACreationDoes() {
    try (Database db = albums()) {
      Repository<Picture, UUID> pictures = db.repository(Picture.class);
      UUID anns = album(db, ANN, "Ann's");
      Picture bobs = picture(db, album(db, BOB, "BOB's"), BOB, "taken");
      Picture named = new Picture(null, anns, ANN, "taken", null);
      Picture keyed = new Picture(bobs.id(), anns, ANN, "free", null);
      db.actingAs(
          actor(ANN),
          () -> {
            refused(() -> pictures.saveAll(List.of(keyed)));
            refused(() -> pictures.saveAll(List.of(named), Picture::name));
            for (Duplicates how : Duplicates.values()) {
              refused(() -> pictures.createAll(List.of(keyed), how));
              refused(() -> pictures.createAll(List.of(named), how, Picture::name));
            }
            assertThat(pictures.count()).isZero();
          });
      db.actingAs(actor(BOB), () -> assertThat(pictures.get(bobs.id())).isEqualTo(bobs));
    }
  }

  private static void refused(Runnable work) {
    assertThatThrownBy(work::run)
        .isInstanceOfSatisfying(
            ConstraintException.class,
            e -> assertThat(e.kind()).isEqualTo(ConstraintException.Kind.UNIQUE));
  }

  @Test
  default void aStreamGoesOnInTheNameInWhichItBegan() {
    try (Database db = albums()) {
      Repository<Album, UUID> albums = db.repository(Album.class);
      album(db, BOB, "BOB's");
      db.actingAs(
          actor(ANN),
          () ->
              albums.createAll(
                  IntStream.range(0, 1100)
                      .mapToObj(i -> new Album(null, ANN, "album " + i, null))
                      .toList()));
      try (Stream<WithPictures> stream =
          db.actingAs(actor(ANN), () -> albums.query().as(WithPictures.class).stream())) {
        Iterator<WithPictures> iterator = stream.iterator();
        int[] read = new int[1];
        db.actingAs(
            actor(BOB),
            () ->
                iterator.forEachRemaining(one -> {
                  assertThat(one.album().userId()).isEqualTo(ANN);
                  read[0]++;
                }));
        assertThat(read[0]).isEqualTo(1100);
      }
    }
  }

  @Test
  default void theWordsOfATableAreNoWayAround() {
    try (Database db = albums()) {
      if (!db.capabilities().contains(Capability.FULL_TEXT)
          || !db.config().text(Setting.ROW_SECURITY_ROLE).isEmpty()) {
        return; // there the server hides what is not the actor's
      }
      for (String name : List.of("albums_title_fts", "albums_title_fts_key")) {
        db.actingAs(
            actor(ANN),
            () ->
                assertThatThrownBy(() -> db.sql("select * from " + name).rows().list())
                    .isInstanceOf(AccessException.class)
                    .hasMessageContaining("albums"));
      }
    }
  }
}
