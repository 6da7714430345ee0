package dev.plinth.internal.pipeline;

import jakarta.validation.Constraint;
import jakarta.validation.Valid;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Field;
import java.util.Arrays;

/// Finds out, without a validator, whether a type could have anything to validate.
final class Constraints {

  private Constraints() {}

  static boolean on(Class<?> type) {
    for (Class<?> up = type; up != null && up != Object.class; up = up.getSuperclass()) {
      if (mentioned(up)) {
        return true;
      }
      for (Field field : up.getDeclaredFields()) {
        if (mentioned(field) || mentioned(field.getAnnotatedType())) {
          return true;
        }
      }
      if (Arrays.stream(up.getDeclaredMethods()).anyMatch(Constraints::mentioned)) {
        return true;
      }
    }
    return false;
  }

  private static boolean mentioned(AnnotatedElement element) {
    for (Annotation annotation : element.getAnnotations()) {
      Class<? extends Annotation> kind = annotation.annotationType();
      if (kind == Valid.class
          || kind.isAnnotationPresent(Constraint.class)
          || kind.getName().startsWith("jakarta.validation.constraints.")) { // lists of them
        return true;
      }
    }
    return false;
  }
}
