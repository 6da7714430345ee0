package dev.plinth.entity;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Marks the `Instant` of deletion and makes `delete` a soft delete.
///
/// A row whose instant is not null is hidden from every read, count and uniqueness check unless it
/// is asked for. The column must be able to hold null.
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.RECORD_COMPONENT, ElementType.FIELD, ElementType.METHOD})
public @interface DeletedAt {}
