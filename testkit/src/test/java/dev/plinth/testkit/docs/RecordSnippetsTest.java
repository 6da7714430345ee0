package dev.plinth.testkit.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.Repository;
import dev.plinth.entity.Id;
import java.lang.invoke.MethodHandles;
import java.util.UUID;
import org.junit.jupiter.api.Test;

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
}
