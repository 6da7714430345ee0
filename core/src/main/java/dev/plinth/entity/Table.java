package dev.plinth.entity;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Names the table of a record or class.
///
/// Without it the table is the type's name in snake case: `OrderLine` is stored in `order_line`.
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Table {
  /// The table's name as the database knows it.
  String value();
}
