package dev.plinth.query;

/// A place in an ordered result, opaque and signed.
///
/// It comes from a [Slice] and goes back into [Query#after] or [Query#before]; a text that was
/// changed, or that belongs to another order, is refused with a `ValidationException`. Immutable.
///
/// @param text the cursor as text that is fit for URLs
public record Cursor(String text) {

  /// A cursor from the text that an earlier slice gave out.
  public static Cursor of(String text) {
    return new Cursor(text);
  }

  @Override
  public String toString() {
    return text;
  }
}
