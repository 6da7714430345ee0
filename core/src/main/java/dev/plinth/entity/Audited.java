package dev.plinth.entity;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Says whether writes to a record leave audit rows.
///
/// Every record is audited unless it says `@Audited(false)`.
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Audited {
  /// Whether writes are audited.
  boolean value() default true;
}
