package dev.plinth.internal.sql;

import dev.plinth.error.ValidationException;
import dev.plinth.internal.shape.Canonical;
import dev.plinth.query.Cursor;
import dev.plinth.spi.Shape;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/// Cursors as opaque, signed text.
///
/// The format: base64url of a 16-byte tag and a body. The tag is the first half of the HMAC-SHA-256
/// (RFC 2104) over the table, the order and the body, so a cursor fits only the order it came from.
/// The body has, per sort key, a flag for null and the value's length and UTF-8 text.
public final class CursorCodec {

  private static final int TAG = 16;

  private final SecretKeySpec key;

  /// A codec with this secret; a random one if it is empty.
  public CursorCodec(String secret) {
    byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
    if (bytes.length == 0) {
      bytes = new byte[32];
      new SecureRandom().nextBytes(bytes);
    }
    this.key = new SecretKeySpec(bytes, "HmacSHA256");
  }

  /// The cursor of the row with these sort values, which it shows to whoever decodes it.
  ///
  /// @throws ValidationException if one of the sort keys is secret
  public Cursor write(Shape<?> shape, Ordering ordering, List<@Nullable Object> values) {
    for (Ordering.Key sort : ordering.keys()) {
      if (sort.column().secret()) {
        throw new ValidationException(
            "'%s' is secret, so no cursor can be made of it: order by something else."
                .formatted(sort.column().property()));
      }
    }
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(body)) {
      for (Object value : values) {
        out.writeBoolean(value != null);
        if (value != null) {
          byte[] text = Canonical.text(value).getBytes(StandardCharsets.UTF_8);
          out.writeInt(text.length);
          out.write(text);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e); // memory does not fail
    }
    byte[] bytes = body.toByteArray();
    byte[] signed = Arrays.copyOf(tag(shape, ordering, bytes), TAG + bytes.length);
    System.arraycopy(bytes, 0, signed, TAG, bytes.length);
    return new Cursor(Base64.getUrlEncoder().withoutPadding().encodeToString(signed));
  }

  /// The sort values of a cursor.
  ///
  /// @throws ValidationException if it is not one that was given out for this order
  public List<@Nullable Object> read(Shape<?> shape, Ordering ordering, Cursor cursor) {
    byte[] signed;
    try {
      signed = Base64.getUrlDecoder().decode(cursor.text());
    } catch (IllegalArgumentException e) {
      throw new ValidationException("The cursor is not one that was given out.", e);
    }
    byte[] body =
        signed.length < TAG ? new byte[0] : Arrays.copyOfRange(signed, TAG, signed.length);
    byte[] tag = Arrays.copyOf(signed, TAG);
    if (signed.length < TAG || !MessageDigest.isEqual(tag, tag(shape, ordering, body))) {
      throw new ValidationException(
          "The cursor was not given out for this table and order, or by a process with another key.");
    }
    List<@Nullable Object> values = new ArrayList<>();
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(body))) {
      for (Ordering.Key sort : ordering.keys()) {
        if (in.readBoolean()) {
          String text = new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
          values.add(Canonical.parse(text, sort.column().type()));
        } else {
          values.add(null);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e); // the tag vouches for the body
    }
    return values;
  }

  private byte[] tag(Shape<?> shape, Ordering ordering, byte[] body) {
    StringBuilder order = new StringBuilder(shape.table());
    for (Ordering.Key sort : ordering.keys()) {
      order
          .append('\0')
          .append(sort.column().name())
          .append(sort.descending() ? '-' : '+')
          .append(sort.nullsFirst() ? '<' : '>');
    }
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(key);
      mac.update(order.append('\0').toString().getBytes(StandardCharsets.UTF_8));
      return Arrays.copyOf(mac.doFinal(body), TAG);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every JDK has HmacSHA256.", e);
    }
  }
}
