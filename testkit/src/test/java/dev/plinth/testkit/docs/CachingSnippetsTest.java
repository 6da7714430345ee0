package dev.plinth.testkit.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.Cache;
import dev.plinth.Repository;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The programs of `docs/guide/caching.md`.
class CachingSnippetsTest extends Snippets {

  @BeforeEach
  void create() {
    db.schema().create(Country.class);
    db.<Country, String>repository(Country.class).create(new Country("FR", "France"));
  }

  @Test
  void reading() {
    // docs: cached-reads
    Repository<Country, String> countries = db.repository(Country.class);
    Country france = countries.get("FR"); // from the database
    Country again = countries.get("FR"); // from memory
    // end

    assertThat(again).isEqualTo(france);
    assertThat(db.cache().statistics().hits()).isEqualTo(1);
  }

  @Test
  void byHand() {
    Repository<Country, String> countries = db.repository(Country.class);
    countries.get("FR");
    // docs: cached-by-hand
    db.cache().invalidate(Country.class, "FR"); // one row, all answers
    db.cache().invalidate(Country.class); // all of the table
    db.cache().invalidateAll();
    // end
    countries.get("FR");
    assertThat(db.cache().statistics().hits()).isZero();
    countries.get("FR");

    // docs: cached-statistics
    Cache.Statistics statistics = db.cache().statistics();
    double used = statistics.hits() / (double) (statistics.hits() + statistics.misses());
    // end
    assertThat(used).isBetween(0.3, 0.4);
  }
}
