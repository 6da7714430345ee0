package dev.plinth.testkit;

/// The places where some bytes are, overlapping ones as well.
final class ByteMarker implements Marker {

  private final byte[] wanted;

  /// How much of what is wanted still matches when the byte behind it does not.
  private final int[] shorter;

  private int matched;

  ByteMarker(byte[] wanted) {
    if (wanted.length == 0) {
      throw new IllegalArgumentException("A marker has at least one byte.");
    }
    this.wanted = wanted;
    shorter = new int[wanted.length];
    for (int i = 1; i < wanted.length; i++) {
      shorter[i] = after(shorter[i - 1], wanted[i]);
    }
  }

  private int after(int before, byte next) {
    int length = before;
    while (length > 0 && wanted[length] != next) {
      length = shorter[length - 1];
    }
    return wanted[length] == next ? length + 1 : 0;
  }

  @Override
  public boolean endsWith(byte next) {
    matched = after(matched, next);
    if (matched < wanted.length) {
      return false;
    }
    matched = shorter[matched - 1];
    return true;
  }
}
