package dev.plinth.entity;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Marks the key: exactly one component of a stored record.
///
/// A `UUID` that is null on create is made by the layer (version 7, so keys ascend with time). A
/// `long`, `int`, `Long` or `Integer` that is null or 0 on create is numbered by the database, never
/// reusing a number. A `String` is always the caller's.
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.RECORD_COMPONENT, ElementType.FIELD, ElementType.METHOD})
public @interface Id {}
