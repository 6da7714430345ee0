package dev.plinth.entity;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Declares a foreign key to another record's key.
///
/// The schema writes it as `REFERENCES`; a row that is still referred to cannot be purged. Where the
/// other record has `@DeletedAt`, no live row can be made to refer to a deleted one.
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.RECORD_COMPONENT, ElementType.FIELD, ElementType.METHOD})
public @interface References {
  /// The record whose key the column holds.
  Class<?> value();

  /// Whether rows are softly deleted, and restored, together with the row that they refer to.
  ///
  /// Both records need `@DeletedAt`.
  boolean cascade() default false;
}
