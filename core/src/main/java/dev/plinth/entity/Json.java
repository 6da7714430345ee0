package dev.plinth.entity;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Stores a component as JSON.
///
/// Maps, collections and Jackson trees are JSON without it; any other type, a record or a `String`
/// among them, needs it. A `String` so marked is stored as a JSON string: `"{}"` comes back as the
/// two characters that went in. NaN, infinities and NUL characters are refused.
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.RECORD_COMPONENT, ElementType.FIELD, ElementType.METHOD})
public @interface Json {
  /// Whether stored text that is no JSON is read as it stands, instead of a `DataException`.
  ///
  /// For a component of the type `JsonNode` alone. Such a text is a node whose `isPojo()` is true and
  /// whose `toString()` is the text; written back, it is the same text again.
  boolean lenient() default false;
}
