package dev.plinth.cli.tour;

import dev.plinth.entity.Counter;
import dev.plinth.entity.CreatedAt;
import dev.plinth.entity.DeletedAt;
import dev.plinth.entity.Id;
import dev.plinth.entity.Index;
import dev.plinth.entity.Table;
import dev.plinth.entity.UpdatedAt;
import dev.plinth.entity.Version;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A city, audited and soft-deleted.
///
/// @param lat degrees north
/// @param lng degrees east
/// @param country two letters, by ISO 3166
/// @param admin1 the state or province, by GeoNames' code
/// @param admin2 the district, by GeoNames' code
@Table("cities")
@Index("name")
@Index({"country", "name"})
public record City(
    @Id long id,
    String name,
    double lat,
    double lng,
    String country,
    @Nullable String admin1,
    @Nullable String admin2,
    @Counter long visits,
    @Version long version,
    @CreatedAt Instant createdAt,
    @UpdatedAt Instant updatedAt,
    @DeletedAt @Nullable Instant deletedAt) {

  /// A city with fewer fields, for a list.
  public record Place(String name, String country) {}

  /// A city that is about to be created.
  @SuppressWarnings("NullAway") // the times are the layer's to make
  static City of(
      String name,
      double lat,
      double lng,
      String country,
      @Nullable String admin1,
      @Nullable String admin2) {
    return new City(0, name, lat, lng, country, admin1, admin2, 0, 0, null, null, null);
  }

  /// The same with another name.
  City withName(String name) {
    return new City(
        id, name, lat, lng, country, admin1, admin2, visits, version, createdAt, updatedAt,
        deletedAt);
  }
}
