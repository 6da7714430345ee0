package dev.plinth.testkit.samples;

import dev.plinth.entity.Audited;
import dev.plinth.entity.Id;

/// The plainest record: a key and a text, no stamps, no audit.
@Audited(false)
public record Note(@Id long id, String text) {

  /// A note that is about to be created.
  public static Note of(String text) {
    return new Note(0, text);
  }
}
