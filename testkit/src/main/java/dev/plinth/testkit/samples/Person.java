package dev.plinth.testkit.samples;

import dev.plinth.entity.Id;
import dev.plinth.entity.UpdatedAt;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A plain class with fields, no record.
public class Person {

  @Id private @Nullable UUID id;
  private String name = "";
  private @Nullable Integer age;
  @UpdatedAt private @Nullable Instant updatedAt;

  /// What the layer fills in.
  public Person() {}

  /// A person who is about to be created.
  public Person(String name, @Nullable Integer age) {
    this.name = name;
    this.age = age;
  }

  /// The key, once stored.
  public @Nullable UUID id() {
    return id;
  }

  /// The name.
  public String name() {
    return name;
  }

  /// The age, if known.
  public @Nullable Integer age() {
    return age;
  }

  /// When it was last written.
  public @Nullable Instant updatedAt() {
    return updatedAt;
  }

  /// Gives another name.
  public void rename(String name) {
    this.name = name;
  }
}
