package dev.plinth.internal.shape;

import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.node.ObjectNode;

/// JSON objects merged into stored documents, for engines that lack that.
public final class JsonMerge {

  /// What is said of a stored document that nothing can be merged into.
  public static final String NO_OBJECT = "the stored JSON is no object";

  private static final ObjectReader TREE =
      Json.MAPPER.readerFor(JsonNode.class).with(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

  private JsonMerge() {}

  /// The document with the keys of another: at the top only, each with its new value, null or not.
  ///
  /// @throws IllegalArgumentException if the document is no object
  public static String shallow(String document, String change) {
    JsonNode stored = TREE.readTree(document);
    if (stored.isNull()) {
      return change;
    }
    if (!(stored instanceof ObjectNode object)) {
      throw new IllegalArgumentException(NO_OBJECT);
    }
    return object.setAll((ObjectNode) TREE.readTree(change)).toString();
  }

  /// The document after a merge patch, RFC 7396: objects are merged at every depth, null removes.
  public static String patched(String document, String patch) {
    JsonNode stored;
    try {
      stored = TREE.readTree(document);
    } catch (JacksonException e) {
      throw new IllegalArgumentException(NO_OBJECT); // without the cause, which quotes it
    }
    return patched(stored, TREE.readTree(patch)).toString();
  }

  /// How deep the objects of a document are nested.
  public static int depth(String document) {
    return depth(TREE.readTree(document));
  }

  private static int depth(JsonNode node) {
    return node.isObject()
        ? 1 + node.properties().stream().mapToInt(p -> depth(p.getValue())).max().orElse(0)
        : 0;
  }

  private static JsonNode patched(JsonNode stored, JsonNode patch) {
    if (!patch.isObject()) {
      return patch;
    }
    ObjectNode result =
        stored instanceof ObjectNode object ? object : Json.MAPPER.createObjectNode();
    for (Map.Entry<String, JsonNode> change : patch.properties()) {
      if (change.getValue().isNull()) {
        result.remove(change.getKey());
      } else {
        JsonNode inner = result.get(change.getKey());
        result.set(
            change.getKey(),
            patched(inner == null ? Json.MAPPER.nullNode() : inner, change.getValue()));
      }
    }
    return result;
  }
}
