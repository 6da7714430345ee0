package dev.plinth.entity;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Overrides what the layer derives for a column.
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.RECORD_COMPONENT, ElementType.FIELD, ElementType.METHOD})
public @interface Column {
  /// The column's name; empty (the default) means the component's name in snake case.
  ///
  /// On a component that is a row of another table, or a list of them, the reference that leads there.
  String value() default "";

  /// A condition that the schema writes as a `CHECK`, such as `amount >= 0`; empty means none.
  ///
  /// It is part of your source code and becomes SQL as it stands: never build it from input.
  String check() default "";

  /// Whether a list is stored as an array of the database (`text[]`) instead of as JSON.
  ///
  /// Engines without arrays store JSON all the same. The elements are text, enums, numbers,
  /// booleans or UUIDs, and may be null.
  boolean array() default false;
}
