package dev.plinth.migration;

import dev.plinth.error.ValidationException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// A migration's version: numbers, compared one by one, so that 1.10.0 comes after 1.9.0.
///
/// Numbers that are left out are 0, so 1.0 is the same version as 1. Immutable.
///
/// @param numbers the numbers without zeros at the end
public record Version(List<Long> numbers) implements Comparable<Version> {

  /// A version of its numbers.
  ///
  /// @throws ValidationException if there is none, or one is negative
  public Version {
    if (numbers.isEmpty() || numbers.stream().anyMatch(number -> number < 0)) {
      throw new ValidationException("A version has one number or more, none of them negative.");
    }
    int end = numbers.size();
    while (end > 1 && numbers.get(end - 1) == 0) {
      end--;
    }
    numbers = List.copyOf(numbers.subList(0, end));
  }

  /// The version that a text such as `1.2.0` or `1_2` names.
  ///
  /// @throws ValidationException if it is none
  public static Version of(String text) {
    List<Long> numbers = new ArrayList<>();
    for (String number : text.split("[._]", -1)) {
      if (!number.matches("[0-9]{1,18}")) {
        throw new ValidationException(
            "'%s' is no version: write numbers with dots between them, such as 1.2.0."
                .formatted(text));
      }
      numbers.add(Long.valueOf(number));
    }
    return new Version(numbers);
  }

  @Override
  public int compareTo(Version other) {
    int most = Math.max(numbers.size(), other.numbers.size());
    for (int i = 0; i < most; i++) {
      int compared = Long.compare(number(i), other.number(i));
      if (compared != 0) {
        return compared;
      }
    }
    return 0;
  }

  private long number(int place) {
    return place < numbers.size() ? numbers.get(place) : 0;
  }

  /// The numbers with dots between them.
  @Override
  public String toString() {
    return numbers.stream().map(String::valueOf).collect(Collectors.joining("."));
  }
}
