package dev.plinth.entity;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Marks the optimistic lock: a `long` or `int` that counts the row's writes, from 1.
///
/// `update(row)` succeeds only if the stored version is still the row's; otherwise it throws
/// `StaleVersionException`. Every write adds one.
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.RECORD_COMPONENT, ElementType.FIELD, ElementType.METHOD})
public @interface Version {}
