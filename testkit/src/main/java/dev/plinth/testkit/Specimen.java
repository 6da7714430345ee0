package dev.plinth.testkit;

import dev.plinth.entity.Audited;
import dev.plinth.entity.Id;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/// A row of random values, with the awkward ones often: nulls, extremes, letters of all kinds.
@Audited(false)
record Specimen(
    @Id long id,
    String text,
    Short small,
    Integer number,
    Long big,
    Float ratio,
    Double real,
    BigDecimal amount,
    Boolean flag,
    Instant at,
    LocalDate day,
    Duration span,
    UUID code,
    Kind kind,
    int plain) {

  enum Kind {
    ALPHA,
    BETA,
    GAMMA
  }

  private static final List<String> BITS =
      List.of(
          "a", "A", "b", "B", "%", "_", "\\", "*", "?", "[", "]", "^", "-", "'", "\"", "ß", "ä",
          "Ä", "é", "e\u0301", "İ", "Σ", "ς", "😀", "\uFB00", "\uFFFD", " ", "\t", ";", "0", "1");

  /// The order of text on every engine: by code point.
  static final Comparator<String> TEXT =
      (a, b) -> {
        int[] x = a.codePoints().toArray();
        int[] y = b.codePoints().toArray();
        for (int i = 0; i < Math.min(x.length, y.length); i++) {
          if (x[i] != y[i]) {
            return Integer.compare(x[i], y[i]);
          }
        }
        return Integer.compare(x.length, y.length);
      };

  static Specimen random(long id, Random random) {
    return new Specimen(
        id,
        some(random) ? anyText(random) : null,
        some(random) ? anySmall(random) : null,
        some(random) ? anyNumber(random) : null,
        some(random) ? anyBig(random) : null,
        some(random) ? anyRatio(random) : null,
        some(random) ? anyReal(random) : null,
        some(random) ? anyAmount(random) : null,
        some(random) ? random.nextBoolean() : null,
        some(random) ? anyAt(random) : null,
        some(random) ? anyDay(random) : null,
        some(random) ? anySpan(random) : null,
        some(random) ? anyCode(random) : null,
        some(random) ? anyKind(random) : null,
        random.nextInt(-3, 4));
  }

  private static boolean some(Random random) {
    return random.nextInt(5) > 0;
  }

  static String anyText(Random random) {
    StringBuilder text = new StringBuilder();
    for (int length = random.nextInt(4); length > 0; length--) {
      text.append(BITS.get(random.nextInt(BITS.size())));
    }
    return text.toString();
  }

  static short anySmall(Random random) {
    return switch (random.nextInt(6)) {
      case 0 -> Short.MIN_VALUE;
      case 1 -> Short.MAX_VALUE;
      default -> (short) random.nextInt(-5, 6);
    };
  }

  static int anyNumber(Random random) {
    return switch (random.nextInt(6)) {
      case 0 -> Integer.MIN_VALUE;
      case 1 -> Integer.MAX_VALUE;
      default -> random.nextInt(-5, 6);
    };
  }

  static long anyBig(Random random) {
    return switch (random.nextInt(6)) {
      case 0 -> Long.MIN_VALUE;
      case 1 -> Long.MAX_VALUE - random.nextInt(2); // not the same number as a double
      case 2 -> (1L << 53) + random.nextInt(3);
      default -> random.nextInt(-5, 6);
    };
  }

  static float anyRatio(Random random) {
    return switch (random.nextInt(6)) {
      case 0 -> Float.MAX_VALUE;
      case 1 -> -Float.MIN_VALUE;
      case 2 -> 0.1f;
      default -> random.nextInt(-9, 10) / 10f;
    };
  }

  static double anyReal(Random random) {
    return switch (random.nextInt(7)) {
      case 0 -> Double.MAX_VALUE;
      case 1 -> -Double.MIN_VALUE;
      case 2 -> 0.1 + 0.2;
      case 3 -> random.nextBoolean() ? 1e22 / 3 : Double.MIN_NORMAL;
      default -> random.nextInt(-9, 10) / 10.0;
    };
  }

  static BigDecimal anyAmount(Random random) {
    return switch (random.nextInt(6)) {
      case 0 -> new BigDecimal("-123456789012345678901234567890.12345678901234567890");
      case 1 -> new BigDecimal("1e20");
      default -> BigDecimal.valueOf(random.nextInt(-20, 21), 1).setScale(random.nextInt(1, 4));
    };
  }

  static Instant anyAt(Random random) {
    return switch (random.nextInt(6)) {
      case 0 -> Instant.parse("0001-01-01T00:00:00Z");
      case 1 -> Instant.parse("9999-12-31T23:59:59.999999Z");
      case 2 -> Instant.EPOCH.minusNanos(1000);
      default -> Instant.EPOCH.plusMillis(random.nextInt(-3, 4));
    };
  }

  static LocalDate anyDay(Random random) {
    return switch (random.nextInt(6)) {
      case 0 -> LocalDate.of(1, 1, 1);
      case 1 -> LocalDate.of(9999, 12, 31);
      default -> LocalDate.of(999 + random.nextInt(3), 12, random.nextInt(9, 12));
    };
  }

  static Duration anySpan(Random random) {
    return random.nextInt(6) == 0
        ? Duration.ofDays(-36_500)
        : Duration.ofNanos(random.nextInt(-3, 4) * 500_000L);
  }

  static UUID anyCode(Random random) {
    // the first bit set and not: a signed comparison would put these the wrong way round
    return new UUID(random.nextInt(-2, 3), random.nextInt(-2, 3));
  }

  static Kind anyKind(Random random) {
    return Kind.values()[random.nextInt(Kind.values().length)];
  }
}
