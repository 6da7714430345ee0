package dev.plinth.entity;

import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Declares an index over one or more components.
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@Repeatable(Index.List.class)
public @interface Index {
  /// Property names in order, each with an optional direction: `{"status", "createdAt desc"}`.
  String[] value();

  /// Whether the columns together are unique (among live rows where rows are soft-deleted).
  boolean unique() default false;

  /// The container that Java needs for several indexes on one type.
  @Retention(RetentionPolicy.RUNTIME)
  @Target(ElementType.TYPE)
  @interface List {
    /// The indexes.
    Index[] value();
  }
}
