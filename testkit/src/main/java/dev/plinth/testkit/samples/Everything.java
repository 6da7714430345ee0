package dev.plinth.testkit.samples;

import dev.plinth.entity.Id;
import dev.plinth.entity.Json;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// A record with every type that a column can have, boxed, so that each may be null.
public record Everything(
    @Id UUID id,
    @Nullable String text,
    @Nullable Short int16,
    @Nullable Integer int32,
    @Nullable Long int64,
    @Nullable Float float32,
    @Nullable Double float64,
    @Nullable Boolean flag,
    @Nullable BigDecimal decimal,
    @Nullable BigInteger whole,
    @Nullable UUID code,
    @Nullable Instant instant,
    @Nullable LocalDate date,
    @Nullable LocalTime time,
    @Nullable LocalDateTime dateTime,
    @Nullable Duration duration,
    @Nullable Role role,
    byte @Nullable [] bytes,
    @Nullable List<String> list,
    @Nullable Map<String, @Nullable Object> map,
    @Nullable JsonNode node,
    @Json @Nullable Address address,
    @Json @Nullable String jsonText) {

  /// A record inside a record, which is stored as JSON.
  public record Address(String street, int number, @Nullable List<String> lines) {}

  /// A row without any value.
  @SuppressWarnings("NullAway") // the key is the layer's to make
  public static Everything empty() {
    return new Everything(
        null, null, null, null, null, null, null, null, null, null, null, null, null, null, null,
        null, null, null, null, null, null, null, null);
  }
}
