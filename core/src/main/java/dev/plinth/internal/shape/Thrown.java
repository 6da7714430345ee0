package dev.plinth.internal.shape;

/// Lets what a record's own code throws pass as it is.
final class Thrown {

  private Thrown() {}

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // the usual way around checking
  static <X extends Throwable> RuntimeException unchanged(Throwable thrown) throws X {
    throw (X) thrown;
  }
}
