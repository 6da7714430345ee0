package dev.plinth.spi;

/// An operation on its way through the pipeline, with what surrounds it.
///
/// It can grow without breaking steps, which pass it on or derive from it.
///
/// @param operation what is to be done
/// @param context in what surroundings
public record Call(Operation operation, Context context) {

  /// The same call for another operation.
  public Call with(Operation other) {
    return new Call(other, context);
  }
}
