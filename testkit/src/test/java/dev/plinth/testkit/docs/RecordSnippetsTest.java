package dev.plinth.testkit.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.Repository;
import dev.plinth.entity.Id;
import dev.plinth.entity.Json;
import dev.plinth.entity.Table;
import java.lang.invoke.MethodHandles;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// The programs of `docs/guide/records.md`.
class RecordSnippetsTest extends Snippets {

  private record Draft(@Id UUID id, String title) {}

  @Test
  void aPlainClass() {
    // docs: plain-class
    Repository<Device, UUID> devices = db.repository(Device.class);
    Device phone = devices.create(new Device("Nokia 3310", 2000));
    // end

    assertThat(phone.id()).isNotNull();
    assertThat(devices.get(phone.id()).model()).isEqualTo("Nokia 3310");
  }

  @Test
  void aLookup() {
    // docs: lookup
    Repository<Draft, UUID> drafts = db.repository(Draft.class, MethodHandles.lookup());
    // end

    db.schema().create(Draft.class);
    assertThat(drafts.create(new Draft(null, "A title")).id()).isNotNull();
  }

  // docs: records-lenient
  @Table("hooks")
  record Hook(@Id long id, @Json(lenient = true) JsonNode sent, String state) {}

  // end

  @Test
  void jsonOfOthers() {
    db.sql("create table hooks (id integer primary key, sent text, state text)").execute();
    db.sql("insert into hooks values (1, '{\"event\":', 'new')").execute();
    Repository<Hook, Long> hooks = db.repository(Hook.class);
    // docs: records-lenient-read
    Hook broken = hooks.get(1L);
    boolean noJson = broken.sent().isPojo();
    String asItStands = broken.sent().toString(); // {"event":

    // the same text again
    hooks.update(new Hook(1, broken.sent(), "kept"));
    // end

    assertThat(noJson).isTrue();
    assertThat(asItStands).isEqualTo("{\"event\":");
    assertThat(db.sql("select sent from hooks where state = 'kept'").as(String.class).one())
        .isEqualTo(asItStands);
  }
}
