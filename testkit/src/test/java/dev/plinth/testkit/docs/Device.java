package dev.plinth.testkit.docs;

import dev.plinth.entity.Id;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

// docs: device
public class Device {
  @Id private UUID id;
  private String model;
  private @Nullable Integer year;

  public Device() {} // how the layer makes one

  public Device(String model, @Nullable Integer year) {
    this.model = model;
    this.year = year;
  }

  public UUID id() {
    return id;
  }

  public String model() {
    return model;
  }

  public @Nullable Integer year() {
    return year;
  }
}
// end
