package dev.plinth.entity;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Keeps what is read of a record in memory, until its table is written or the time is over.
///
/// For rows that are read often and written seldom. What is kept was committed, and every caller gets
/// a copy of his own.
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Cached {
  /// How long anything is kept at the most.
  int seconds() default 300;

  /// How many rows are kept at the most; results of queries count with the rows they have.
  int entries() default 10_000;
}
