package dev.plinth.internal.shape;

import dev.plinth.query.Filter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.StringNode;

/// JSON compared as PostgreSQL's JSONB compares it, for engines that lack that.
///
/// See "jsonb Containment and Existence" in PostgreSQL's documentation.
public final class JsonMatch {

  private static final ObjectReader TREE =
      Json.MAPPER.readerFor(JsonNode.class).with(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

  private final Filter.Json.Kind kind;
  private final List<String> path;
  private final JsonNode value;

  private JsonMatch(Filter.Json.Kind kind, List<String> path, JsonNode value) {
    this.kind = kind;
    this.path = path;
    this.value = value;
  }

  /// A comparison as one text, which [#of] reads.
  ///
  /// @param path where in the document
  /// @param value JSON, or the name of a key
  public static String text(Filter.Json.Kind kind, List<String> path, String value) {
    ArrayNode parts = Json.MAPPER.createArrayNode().add(kind.name());
    parts.add(kind == Filter.Json.Kind.HAS_KEY ? StringNode.valueOf(value) : TREE.readTree(value));
    path.forEach(parts::add);
    return parts.toString();
  }

  /// The comparison of a text.
  public static JsonMatch of(String text) {
    JsonNode parts = TREE.readTree(text);
    List<String> path = new ArrayList<>();
    for (int i = 2; i < parts.size(); i++) {
      path.add(parts.get(i).stringValue());
    }
    return new JsonMatch(Filter.Json.Kind.valueOf(parts.get(0).stringValue()), path, parts.get(1));
  }

  /// Whether a stored document meets it; one that is no JSON does not.
  public boolean meets(String document) {
    JsonNode found;
    try {
      found = at(TREE.readTree(document));
    } catch (JacksonException e) {
      return false;
    }
    if (found == null) {
      return false;
    }
    return switch (kind) {
      case IS -> same(found, value);
      case CONTAINS -> contains(found, value);
      case HAS_KEY -> found.isObject() && found.has(value.stringValue());
    };
  }

  private @Nullable JsonNode at(@Nullable JsonNode document) {
    JsonNode node = document;
    for (String step : path) {
      if (node == null) {
        return null;
      }
      node = node.isArray() ? element(node, step) : node.get(step);
    }
    return node;
  }

  private static @Nullable JsonNode element(JsonNode array, String step) {
    if (!step.matches("-?[0-9]{1,9}")) {
      return null;
    }
    int index = Integer.parseInt(step);
    return array.get(index < 0 ? array.size() + index : index); // counted from the end
  }

  private static boolean contains(JsonNode whole, JsonNode part) {
    if (whole.isArray() && part.isValueNode()) { // at the top only
      return hasElement(whole, part);
    }
    return within(whole, part);
  }

  private static boolean within(JsonNode whole, JsonNode part) {
    if (part.isObject()) {
      return whole.isObject()
          && part.properties().stream()
              .allMatch(property -> {
                JsonNode own = whole.get(property.getKey());
                return own != null && within(own, property.getValue());
              });
    }
    if (part.isArray()) {
      if (!whole.isArray()) {
        return false;
      }
      for (JsonNode wanted : part) {
        if (!hasElement(whole, wanted)) {
          return false;
        }
      }
      return true;
    }
    return same(whole, part);
  }

  private static boolean hasElement(JsonNode array, JsonNode wanted) {
    for (JsonNode element : array) {
      if (within(element, wanted)) {
        return true;
      }
    }
    return false;
  }

  private static boolean same(JsonNode a, JsonNode b) {
    if (a.isNumber() && b.isNumber()) {
      return a.decimalValue().compareTo(b.decimalValue()) == 0;
    }
    if (a.isObject() && b.isObject()) {
      return a.size() == b.size()
          && a.properties().stream()
              .allMatch(property -> {
                JsonNode other = b.get(property.getKey());
                return other != null && same(property.getValue(), other);
              });
    }
    if (a.isArray() && b.isArray()) {
      if (a.size() != b.size()) {
        return false;
      }
      for (int i = 0; i < a.size(); i++) {
        if (!same(a.get(i), b.get(i))) {
          return false;
        }
      }
      return true;
    }
    return a.equals(b);
  }
}
